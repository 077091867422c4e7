/**
 * The half of {@code bench/peers/parity} that runs in Java, and the data sets of {@code bench/initial-weights}. Start
 * at {@link tandem.bench.parity.ParityRun}. Not an API.
 */
package tandem.bench.parity;
