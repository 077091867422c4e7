/**
 * Loads JCuda's native libraries safely: JCuda itself unpacks them into the shared temporary folder under fixed names
 * and does not compare a file that is already there. Start at {@link tandem.kernels.natives.JCudaNatives}.
 */
package tandem.kernels.natives;
