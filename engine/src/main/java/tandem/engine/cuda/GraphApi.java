package tandem.engine.cuda;

import tandem.engine.DataType;

/**
 * cuDNN's graph API on one device: whether it can be used, which of its engines may be, and how much time has been
 * spent on making plans. It owns all descriptors.
 */
final class GraphApi implements AutoCloseable {

    /** Nanoseconds for the plans of one convolution; an engine that compiles its kernel takes up to seconds. */
    private static final long LIMIT = 1_500_000_000L;

    /** Nanoseconds for all plans of a device; afterwards each convolution gets one plan. */
    private static final long TOTAL_LIMIT = 60_000_000_000L;

    private final CudnnBackend backend;
    private final CudaDevice.Options options;
    private final String problem;
    private long spent;

    /** @param problem why it cannot be used; null when it can */
    GraphApi(Cudnn cudnn, CudaDevice.Options options, String problem) {
        this.options = options;
        this.problem = problem;
        this.backend = problem == null ? CudnnBackend.of(cudnn.address(), cudnn::check) : null;
    }

    boolean available() {
        return problem == null;
    }

    /** Why it cannot be used; null when it can. */
    String problem() {
        return problem;
    }

    CudnnBackend backend() {
        return backend;
    }

    /** Whether the device's options allow an engine for tensors of that type. */
    boolean allows(DataType type, EngineConfiguration configuration) {
        return configuration.allowed(type, options.tensorFloat32(), options.deterministic());
    }

    /** Whether no further plan is to be made for a convolution whose first was begun at {@code start}. */
    boolean late(long start) {
        long used = System.nanoTime() - start;
        return used > LIMIT || spent + used > TOTAL_LIMIT;
    }

    /** Counts time that was spent on plans. */
    void spend(long nanoseconds) {
        spent += nanoseconds;
    }

    @Override
    public void close() {
        if (backend != null) {
            backend.close();
        }
    }
}
