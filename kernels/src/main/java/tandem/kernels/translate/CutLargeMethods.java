package tandem.kernels.translate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.KernelGraph;

/**
 * Pass {@code methods}: where a segment's method is too large for HotSpot to compile it, makes threads leave it
 * somewhere in the middle and continue in a method of their own. The place is chosen so that the larger of the two
 * parts is as small as possible, outside loops if there is such a place.
 */
final class CutLargeMethods {

    /** HotSpot leaves methods above 8000 bytes of bytecode to its interpreter. */
    static final int LIMIT = 7900;

    /** Methods that jump to and fro contain each other's blocks, so that every cut adds to their sum. */
    private static final long MAX_TOTAL = 16 << 20;

    private static final int MAX_PLACES = 64;

    private CutLargeMethods() {}

    /** Cuts one place of each method that is too large; false when there is none. */
    static boolean run(KernelGraph graph, List<MethodSize> sizes, int limit) {
        boolean cut = false;
        long total = sizes.stream().mapToLong(MethodSize::bytes).sum();
        if (total > MAX_TOTAL) {
            throw new PtxException(
                    graph.entry().file(),
                    graph.entry().line(),
                    "entry " + graph.entry().name() + " branches so much that its methods have " + total
                            + " bytes of bytecode together; at most " + MAX_TOTAL + " are supported");
        }
        for (MethodSize size : sizes) {
            if (size.bytes() > limit) {
                cut(graph, size, limit);
                cut = true;
            }
        }
        return cut;
    }

    private static void cut(KernelGraph graph, MethodSize size, int limit) {
        BasicBlock max = size.point().start();
        for (BasicBlock block : size.blocks().keySet()) {
            max = size.blocks().get(block) > size.blocks().get(max) ? block : max;
        }
        if (size.blocks().get(max) > limit / 2 && max.instructions.size() > 1) {
            split(graph, max);
            return;
        }
        List<BasicBlock> places = size.blocks().keySet().stream()
                .filter(block -> block != size.point().start() && !block.cut)
                .toList();
        BasicBlock best = best(size, sample(places), limit);
        best = best == null ? best(size, places, limit) : best;
        if (best == null && max.instructions.size() > 1) {
            split(graph, max); // what is computed once per block for its instructions takes the most
            return;
        }
        if (best == null) {
            throw new PtxException(
                    graph.entry().file(),
                    graph.entry().line(),
                    "entry " + graph.entry().name() + " cannot be cut into methods of at most " + limit
                            + " bytes of bytecode");
        }
        BasicBlock entrance = new BasicBlock(graph.blocks().size(), best.label, best.line);
        best.label = "behind cut " + entrance.index;
        for (BasicBlock block : graph.blocks()) {
            block.target = block.target == best ? entrance : block.target;
            block.next = block.next == best ? entrance : block.next;
        }
        entrance.next = best;
        entrance.cut = true;
        graph.blocks().add(entrance);
    }

    private static BasicBlock best(MethodSize size, List<BasicBlock> places, int limit) {
        Set<BasicBlock> loops = Loops.of(size.point().start(), CutLargeMethods::following);
        BasicBlock best = null;
        int min = Integer.MAX_VALUE;
        for (BasicBlock block : places) {
            int before = total(size, size.point().start(), block);
            int behind = total(size, block, null);
            int cost = Math.max(before, behind) + (loops.contains(block) ? 2 * limit : 0);
            if (before < size.bytes() && cost < min) {
                min = cost;
                best = block;
            }
        }
        return best;
    }

    /** Not more than {@link #MAX_PLACES}, evenly spread: each takes time in proportion to the blocks. */
    private static List<BasicBlock> sample(List<BasicBlock> places) {
        int count = Math.min(MAX_PLACES, places.size());
        return IntStream.range(0, count)
                .mapToObj(i -> places.get((int) ((long) i * places.size() / count)))
                .toList();
    }

    /** Splits a block in the middle and cuts it there. */
    private static void split(KernelGraph graph, BasicBlock block) {
        BasicBlock rest = new BasicBlock(
                graph.blocks().size(), "behind cut " + graph.blocks().size(), block.line);
        int middle = block.instructions.size() / 2;
        rest.instructions.addAll(block.instructions.subList(middle, block.instructions.size()));
        block.instructions.subList(middle, block.instructions.size()).clear();
        rest.target = block.target;
        rest.next = block.next;
        rest.suspends = block.suspends;
        rest.cut = block.cut;
        block.target = null;
        block.next = rest;
        block.suspends = false;
        block.cut = true;
        graph.blocks().add(rest);
    }

    /** Bytecode of the blocks reached from {@code start} without entering {@code end}. */
    private static int total(MethodSize size, BasicBlock start, BasicBlock end) {
        int total = 0;
        for (BasicBlock block : reached(start, end)) {
            total += size.blocks().getOrDefault(block, 0);
        }
        return total;
    }

    private static List<BasicBlock> following(BasicBlock block) {
        return block.leaves() ? (block.target == null ? List.of() : List.of(block.target)) : block.successors();
    }

    private static Set<BasicBlock> reached(BasicBlock start, BasicBlock end) {
        Set<BasicBlock> seen = new HashSet<>();
        Deque<BasicBlock> open = new ArrayDeque<>();
        if (start != end) {
            open.push(start);
            seen.add(start);
        }
        while (!open.isEmpty()) {
            for (BasicBlock successor : following(open.pop())) {
                if (successor != end && seen.add(successor)) {
                    open.push(successor);
                }
            }
        }
        return seen;
    }
}
