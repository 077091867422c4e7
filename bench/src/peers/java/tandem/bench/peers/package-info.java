/**
 * The network of {@code tandem.model.network} in DJL's PyTorch engine, built block by block, for comparison. Compiled
 * only with the Maven profile {@code peers}. Start at {@link tandem.bench.peers.PeerTrainingStepBenchmark}. Not an API.
 */
package tandem.bench.peers;
