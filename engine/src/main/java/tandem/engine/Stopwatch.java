package tandem.engine;

/** Times consecutive pieces of work on a device; it allocates when it is made and never after. */
public interface Stopwatch extends AutoCloseable {

    /** The first piece begins. */
    void start();

    /** Piece {@code piece} ends, and the next one begins. Pieces come in their order from 0. */
    void lap(int piece);

    /** Waits for all pieces and adds the time of each to {@code nanoseconds}. */
    void addTo(long[] nanoseconds);

    @Override
    void close();

    /** Times with the host's clock, waiting for the device after every piece. */
    static Stopwatch ofHost(Device device, int pieces) {
        long[] times = new long[pieces];
        return new Stopwatch() {
            private long began;

            @Override
            public void start() {
                device.synchronize();
                began = System.nanoTime();
            }

            @Override
            public void lap(int piece) {
                device.synchronize();
                long now = System.nanoTime();
                times[piece] = now - began;
                began = now;
            }

            @Override
            public void addTo(long[] nanoseconds) {
                for (int i = 0; i < times.length; i++) {
                    nanoseconds[i] += times[i];
                }
            }

            @Override
            public void close() {}
        };
    }
}
