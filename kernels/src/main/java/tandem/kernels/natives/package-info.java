/**
 * Loads JCuda's native libraries safely: JCuda itself unpacks them into the shared temporary folder under fixed names
 * and does not compare a file that is already there. Internal to the project: public for the engine. Start at
 * {@link tandem.kernels.natives.JCudaNatives}.
 */
package tandem.kernels.natives;
