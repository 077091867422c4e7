/**
 * Loads JCuda's native libraries safely: JCuda itself unpacks them into the shared temporary folder under fixed names
 * and trusts a file that is already there, and a file cut short then kills the JVM. Start at
 * {@link tandem.kernels.natives.JCudaNatives}.
 */
package tandem.kernels.natives;
