/**
 * JMH benchmarks, each beside the limit or the rival it is to be compared with, and each checking its result before it
 * measures. {@code bench/run} runs them all; start at {@link tandem.bench.Benchmarks}, which turns what JMH measured
 * into the tables under {@code bench/results}.
 */
package tandem.bench;
