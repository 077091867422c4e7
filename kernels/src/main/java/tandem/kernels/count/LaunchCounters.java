package tandem.kernels.count;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.LaunchObserver;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * Counts what a kernel launch does, by source line. Threads run one after another, so the n-th execution of an
 * instruction by one lane is taken to be at the same time as the n-th by the other lanes of its warp, counted from the
 * last barrier or warp operation. Caches are not modelled.
 */
public final class LaunchCounters implements LaunchObserver {

    private static final int WARP = 32;

    private final Map<Integer, BasicBlock> blocks = new HashMap<>();
    private final IntUnaryOperator lineOf;
    private final Map<Integer, LineCount> lines = new TreeMap<>();
    private final Map<BasicBlock, Map<Integer, LineCount>> costs = new HashMap<>();
    private final Map<Long, Integer> executions = new HashMap<>();
    private final Map<Long, WarpAccess> accesses = new HashMap<>();
    private final Map<Long, int[]> branches = new HashMap<>();
    private BasicBlock[] last = new BasicBlock[0];

    /**
     * @param blocks the basic blocks of the kernel
     * @param lineOf a number for the line that a PTX line counts for
     */
    public LaunchCounters(List<BasicBlock> blocks, IntUnaryOperator lineOf) {
        blocks.forEach(block -> this.blocks.put(block.index, block));
        this.lineOf = lineOf;
    }

    /** What each line did, by its number. */
    public Map<Integer, LineCount> lines() {
        return lines;
    }

    /** The sum of all lines. */
    public LineCount sum() {
        LineCount sum = new LineCount();
        lines.values().forEach(sum::add);
        return sum;
    }

    private LineCount line(int ptxLine) {
        return lines.computeIfAbsent(lineOf.applyAsInt(ptxLine), key -> new LineCount());
    }

    @Override
    public void blockStarted(int block, int threads) {
        last = new BasicBlock[threads];
    }

    @Override
    public void executes(int basicBlock, int thread) {
        BasicBlock block = blocks.get(basicBlock);
        BasicBlock before = last[thread];
        last[thread] = block;
        costs.computeIfAbsent(block, this::costs)
                .forEach((number, cost) ->
                        lines.computeIfAbsent(number, key -> new LineCount()).add(cost));
        if (before != null
                && before.target != null
                && before.next != null
                && before.last().guard() != null) {
            int[] taken = branches.computeIfAbsent(key(before.last().line(), thread), key -> new int[2]);
            taken[block == before.target ? 1 : 0]++;
        }
    }

    private Map<Integer, LineCount> costs(BasicBlock block) {
        Map<Integer, LineCount> costs = new HashMap<>();
        for (PtxInstruction instruction : block.instructions) {
            LineCount cost = costs.computeIfAbsent(lineOf.applyAsInt(instruction.line()), key -> new LineCount());
            cost.instructions++;
            cost.floatOperations += floatOperations(instruction);
        }
        return costs;
    }

    private static int floatOperations(PtxInstruction instruction) {
        if (instruction.types().isEmpty() || instruction.type().kind() != PtxType.Kind.FLOAT) {
            return 0;
        }
        return switch (instruction.opcode()) {
            case "fma", "mad" -> 2;
            case "add", "sub", "mul", "div", "sqrt", "rcp", "rsqrt" -> 1;
            default -> 0;
        };
    }

    /** Identifies this execution of an instruction for all lanes of the warp. */
    private long key(int ptxLine, int thread) {
        int execution = executions.merge((long) ptxLine << 10 | thread, 1, Integer::sum);
        return ((long) execution << 20 | ptxLine) << 5 | thread / WARP;
    }

    @Override
    public void accesses(
            Kind kind, Space space, String place, long address, int index, int bytes, long bits, int line, int thread) {
        if (space != Space.LOCAL) {
            // Buffers and variables count as aligned, as they are on a GPU.
            long aligned = (address - index & -256L) + index;
            accesses.computeIfAbsent(key(line, thread), key -> new WarpAccess(kind, space, bytes))
                    .add(aligned);
        }
    }

    @Override
    public void synchronizes(int warp) {
        settle();
    }

    @Override
    public void blockFinished() {
        settle();
    }

    private void settle() {
        accesses.forEach((key, access) -> access.count(line(ptxLine(key))));
        branches.forEach((key, taken) -> {
            LineCount line = line(ptxLine(key));
            line.branches++;
            line.divergentBranches += taken[0] > 0 && taken[1] > 0 ? 1 : 0;
        });
        accesses.clear();
        branches.clear();
        executions.clear();
    }

    private static int ptxLine(long key) {
        return (int) (key >>> 5) & (1 << 20) - 1;
    }
}
