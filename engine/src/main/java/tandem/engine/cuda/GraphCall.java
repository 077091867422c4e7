package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.jcudnn.JCudnn;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;

/** The execution of a plan on fixed memories, whose addresses it owns as a variant pack. */
final class GraphCall extends CudaCommand {

    private static final int ALIGNMENT = 16;

    private final Cudnn cudnn;
    private final GraphPlan plan;
    private final BackendDescriptor addresses;

    /** @param tensors numbers of the tensors, as in {@link GraphConvolution}, that lie in {@code memories} */
    GraphCall(
            String name,
            Cudnn cudnn,
            CudaContext context,
            Allocations owner,
            GraphPlan plan,
            long[] tensors,
            List<Memory> memories,
            Memory workspace) {
        super(name, context, owner, with(memories, workspace));
        for (Memory memory : memories) {
            if (memory.address() % ALIGNMENT != 0) {
                throw new IllegalArgumentException(
                        name + ": a memory starts at " + memory.address() + ", no multiple of " + ALIGNMENT);
            }
        }
        this.cudnn = cudnn;
        this.plan = plan;
        this.addresses = plan.addresses(tensors, memories, workspace);
    }

    private static List<Memory> with(List<Memory> memories, Memory workspace) {
        List<Memory> all = new ArrayList<>(memories);
        all.add(workspace);
        return all;
    }

    @Override
    protected void execute() {
        int status = JCudnn.cudnnBackendExecute(cudnn.handle(), plan.descriptor(), addresses);
        if (status != 0) {
            cudnn.check(status, "cudnnBackendExecute", plan.configuration().text());
        }
    }

    @Override
    protected void release() {
        addresses.close();
    }
}
