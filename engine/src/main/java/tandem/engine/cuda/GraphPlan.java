package tandem.engine.cuda;

import java.util.List;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptorType;
import tandem.engine.Memory;

/** An execution plan of cuDNN: one configuration of an engine for one operation graph, ready to be executed. */
final class GraphPlan implements AutoCloseable {

    private final CudnnBackend backend;
    private final EngineConfiguration configuration;
    private final BackendDescriptor descriptor;
    private final long workspaceBytes;
    private final double milliseconds;

    /** Takes over the configuration, also when it throws. */
    GraphPlan(CudnnBackend backend, EngineConfiguration configuration) {
        this.backend = backend;
        this.configuration = configuration;
        long start = System.nanoTime();
        BackendDescriptor made = null;
        try {
            made = backend.make(
                    cudnnBackendDescriptorType.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR,
                    "execution plan of engine " + configuration.text());
            backend.forPlan(made)
                    .set(cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration.descriptor())
                    .ready();
            workspaceBytes = made.number(cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
        } catch (RuntimeException | Error e) {
            if (made != null) {
                made.close();
            }
            configuration.close();
            throw e;
        }
        this.descriptor = made;
        this.milliseconds = (System.nanoTime() - start) / 1e6;
    }

    EngineConfiguration configuration() {
        return configuration;
    }

    BackendDescriptor descriptor() {
        return descriptor;
    }

    long workspaceBytes() {
        return workspaceBytes;
    }

    /** Milliseconds that making it took. */
    double milliseconds() {
        return milliseconds;
    }

    /**
     * The addresses for one use of the plan; the caller closes them.
     *
     * @param tensors numbers of tensors as in {@link GraphConvolution}
     * @param memories where they are, in the same order
     */
    BackendDescriptor addresses(long[] tensors, List<Memory> memories, Memory workspace) {
        BackendDescriptor pack =
                backend.make(cudnnBackendDescriptorType.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, "variant pack");
        try {
            long[] addresses = memories.stream().mapToLong(Memory::address).toArray();
            return pack.set(cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, tensors)
                    .setAddresses(
                            cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
                            cudnnBackendAttributeType.CUDNN_TYPE_VOID_PTR,
                            addresses)
                    .setAddresses(
                            cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_WORKSPACE,
                            cudnnBackendAttributeType.CUDNN_TYPE_VOID_PTR,
                            workspace.address())
                    .ready();
        } catch (RuntimeException | Error e) {
            pack.close();
            throw e;
        }
    }

    @Override
    public void close() {
        descriptor.close();
        configuration.close();
    }
}
