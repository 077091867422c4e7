/**
 * The same network as {@code tandem.model.network} in DJL's PyTorch engine, built block by block, to be measured beside
 * ours. Compiled with the Maven profile {@code peers} alone.
 */
package tandem.bench.peers;
