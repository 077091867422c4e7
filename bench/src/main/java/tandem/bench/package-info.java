/**
 * JMH benchmarks. Each is compared with a limit or a peer, and checks its result before it measures. {@code bench/run}
 * runs them; start at {@link tandem.bench.Benchmarks}, which writes the tables in {@code bench/results}. Not an API.
 */
package tandem.bench;
