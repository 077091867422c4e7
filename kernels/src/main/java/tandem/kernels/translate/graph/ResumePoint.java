package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tandem.kernels.ptx.PtxInstruction;

/**
 * Where threads start or continue.
 *
 * @param number 0 for the start of the kernel
 * @param from the block that threads come from, or null at the start of the kernel
 * @param start the block they continue with
 */
public record ResumePoint(int number, BasicBlock from, BasicBlock start) {

    /** The resume points of a kernel, by number. */
    public static List<ResumePoint> of(List<BasicBlock> blocks) {
        List<ResumePoint> points = new ArrayList<>(List.of(new ResumePoint(0, null, blocks.get(0))));
        for (BasicBlock block : blocks) {
            if (block.leaves()) {
                points.add(new ResumePoint(points.size(), block, block.next));
            }
        }
        return points;
    }

    /** The instruction that threads waited at, or null when they did not wait. */
    public PtxInstruction suspension() {
        return from != null && from.suspends ? from.last() : null;
    }

    /** The blocks that a thread may run from here until it leaves, the start first, in reverse postorder. */
    public List<BasicBlock> reach() {
        List<BasicBlock> postorder = new ArrayList<>();
        visit(start, new HashSet<>(), postorder);
        Collections.reverse(postorder);
        return postorder;
    }

    private static void visit(BasicBlock block, Set<BasicBlock> seen, List<BasicBlock> postorder) {
        if (!seen.add(block)) {
            return;
        }
        if (block.target != null) {
            visit(block.target, seen, postorder);
        }
        if (block.next != null && !block.leaves()) {
            visit(block.next, seen, postorder);
        }
        postorder.add(block);
    }
}
