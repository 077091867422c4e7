package tandem.kernels.translate;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import tandem.kernels.Grid;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.BlockRunner;
import tandem.kernels.translate.machine.GridLaunch;
import tandem.kernels.translate.machine.KernelCode;
import tandem.kernels.translate.machine.Raw;
import tandem.kernels.translate.x86.VectorCode;
import tandem.kernels.translate.x86.VectorKernel;
import tandem.kernels.translate.x86.VectorTranslator;

/** A kernel translated for the host. It may be run by many threads at once. */
public final class HostKernel {

    private final PtxEntry entry;
    private final Mode mode;
    // One of the two is null.
    private final BlockRunner runner;
    private final VectorKernel vectors;
    // The generated code has the addresses of the module's variables in it: the memory must exist as long as the code.
    private final ModuleMemory memory;
    private final List<BasicBlock> blocks;
    // Entries of the module that are translated later share that memory as long as the module exists.
    private final PtxModule module;

    HostKernel(PtxModule module, PtxEntry entry, Mode mode, KernelCode code, KernelGraph graph, ModuleMemory memory) {
        this.module = module;
        this.entry = entry;
        this.mode = mode;
        this.memory = memory;
        this.vectors = null;
        this.blocks = mode == Mode.OBSERVED ? List.copyOf(graph.blocks()) : List.of();
        this.runner = new BlockRunner(
                graph.schedule(code),
                MemoryLayout.of(entry, "shared", mode).bytes(),
                MemoryLayout.of(entry, "local", mode).bytes());
    }

    /**
     * A kernel in fast mode.
     *
     * @param code machine code that uses no variables of the module
     */
    HostKernel(PtxEntry declaration, List<VectorCode> code) {
        this(null, declaration, Mode.FAST, VectorTranslator.kernel(declaration, code), ModuleMemory.NONE);
    }

    HostKernel(PtxModule module, PtxEntry entry, Mode mode, VectorKernel vectors, ModuleMemory memory) {
        this.module = module;
        this.entry = entry;
        this.mode = mode;
        this.memory = memory;
        this.vectors = vectors;
        this.blocks = List.of();
        this.runner = null;
    }

    /** Whether it runs as machine code, not as bytecode. */
    public boolean isMachineCode() {
        return vectors != null;
    }

    /** The entry: its name, parameters and shared memory. The body may be missing in fast mode. */
    public PtxEntry entry() {
        return entry;
    }

    /** The module it was translated from, whose kernels share its variables; null for a kernel of this build. */
    public PtxModule module() {
        return module;
    }

    /**
     * The global or constant variable of the module with that name, in the PTX or in the source.
     *
     * @throws IllegalArgumentException when there is none, or several; names those there are
     */
    public ModuleVariable variable(String name) {
        return memory.variable(name);
    }

    /** The basic blocks, in {@link Mode#OBSERVED}; the number of a block is {@link BasicBlock#index}. */
    public List<BasicBlock> blocks() {
        return blocks;
    }

    /** How it was translated. */
    public Mode mode() {
        return mode;
    }

    /**
     * Runs some blocks of a launch, all their threads, in the calling thread. Different ranges of the same launch may
     * run at once. Nothing is allocated once the calling thread has run a block of this size.
     *
     * @param parameters address of the packed parameter block (see {@link PtxEntry#parameters})
     * @param firstBlock first block, counted with x fastest
     * @param endBlock block to stop in front of
     */
    public void run(Grid grid, long parameters, int firstBlock, int endBlock) {
        if (mode != Mode.FAST) {
            throw new IllegalStateException(
                    "entry " + entry.name() + " was translated in checked mode: pass the memory that it may access");
        }
        launch(grid, parameters, firstBlock, endBlock, null);
    }

    /**
     * Runs a whole launch whose blocks may wait for each other ({@code grid.sync()} of cooperative groups), each block
     * in a thread of its own. Allocates.
     *
     * @throws IllegalArgumentException when the grid has more than {@link GridLaunch#MAX_BLOCKS} blocks
     */
    public void runCooperatively(Grid grid, long parameters) {
        if (mode != Mode.FAST) {
            throw new IllegalStateException(
                    "entry " + entry.name() + ": blocks that wait for each other run without checks");
        }
        new GridLaunch().run(grid, block -> launch(grid, parameters, block, block + 1, null));
    }

    /** Whether the kernel asks for the memory of a launch whose blocks wait for each other. */
    public boolean isCooperative() {
        return entry.body().stream()
                .anyMatch(statement -> statement instanceof PtxInstruction instruction
                        && instruction.operands().stream()
                                .anyMatch(operand -> operand instanceof Operand.Special special
                                        && special.name().startsWith("%envreg")));
    }

    /**
     * Runs some blocks of a launch in checked mode, in the calling thread. What happens within one call counts as one
     * launch when races are looked for. Allocates.
     *
     * @param memory what the kernel may access, apart from its own shared and local memory and the module's variables
     * @throws CheckFailure for the first access that is wrong
     */
    public void run(Grid grid, long parameters, int firstBlock, int endBlock, MemoryMap memory) {
        if (mode == Mode.FAST) {
            throw new IllegalStateException(
                    "entry " + entry.name() + " was translated in fast mode, which checks nothing");
        }
        requireOneBlock(grid);
        synchronized (memory) {
            launch(
                    grid,
                    parameters,
                    firstBlock,
                    endBlock,
                    new AccessChecker(
                            entry.withDynamicShared(grid.sharedBytes()),
                            BlockContext.current(),
                            memory,
                            this.memory,
                            CheckedLaunch.LENIENT,
                            CheckFailure.throwing()));
        }
    }

    /**
     * The same, which continues after an error: a wrong access is skipped, a wrong read gives 0.
     *
     * @return the first error of each kind at each PTX line, in the order in which they were found
     */
    public List<CheckFailure> findAll(Grid grid, long parameters, MemoryMap memory, CheckedLaunch how) {
        if (mode == Mode.FAST) {
            throw new IllegalStateException(
                    "entry " + entry.name() + " was translated in fast mode, which checks nothing");
        }
        requireOneBlock(grid);
        List<CheckFailure> found = new ArrayList<>();
        BlockContext context = BlockContext.current();
        context.order = how.order().start();
        synchronized (memory) {
            AccessChecker checker = new AccessChecker(
                    entry.withDynamicShared(grid.sharedBytes()),
                    context,
                    memory,
                    this.memory,
                    how,
                    CheckFailure.collecting(found, how));
            try {
                launch(grid, parameters, 0, Math.toIntExact(grid.blocks()), checker);
            } catch (PtxException e) {
                // Threads that cannot continue, or a launch that was stopped: nothing runs any more.
                checker.ended(e);
            } finally {
                context.order = null;
            }
        }
        return found;
    }

    private void requireOneBlock(Grid grid) {
        if (grid.blocks() > 1 && isCooperative()) {
            throw new IllegalArgumentException("entry " + entry.name()
                    + ": checked mode runs one block of a kernel whose blocks wait for each other, not "
                    + grid.blocks());
        }
    }

    private void launch(Grid grid, long parameters, int firstBlock, int endBlock, AccessChecker checker) {
        if (firstBlock < 0 || endBlock > grid.blocks() || firstBlock > endBlock) {
            throw new IllegalArgumentException(
                    "blocks " + firstBlock + " to " + endBlock + " of a grid of " + grid.blocks());
        }
        BlockContext context = BlockContext.current();
        if (vectors != null) {
            vectors.run(context, grid, parameters, firstBlock, endBlock);
            Reference.reachabilityFence(memory);
            return;
        }
        context.parameters = parameters;
        context.checked = checker;
        long gridMemory = checker != null && isCooperative() ? GridLaunch.memory() : 0;
        if (gridMemory != 0) {
            context.gridMemory(gridMemory);
            checker.allowGridMemory(gridMemory, GridLaunch.memoryBytes());
        }
        try {
            runner.run(context, grid, firstBlock, endBlock);
            if (checker != null) {
                checker.launchFinished();
            }
        } finally {
            if (gridMemory != 0) {
                context.gridMemory(0);
                Raw.UNSAFE.freeMemory(gridMemory);
            }
            context.checked = null;
            if (checker != null) {
                checker.close();
            }
            Reference.reachabilityFence(memory);
        }
    }
}
