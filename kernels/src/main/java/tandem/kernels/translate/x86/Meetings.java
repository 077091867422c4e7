package tandem.kernels.translate.x86;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * Where lanes that parted meet again: the immediate post-dominator of each block that branches, and the blocks behind
 * barriers. Post-dominators as by Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm", 2001.
 */
final class Meetings {

    private static final int NONE = -1;

    private final List<BasicBlock> blocks;
    private final int exit;
    private final int[] order;
    private final int[] dominator;

    private Meetings(List<BasicBlock> blocks) {
        this.blocks = blocks;
        this.exit = blocks.size();
        this.order = new int[exit + 1];
        this.dominator = new int[exit + 1];
    }

    static List<BasicBlock> of(List<BasicBlock> blocks) {
        Meetings meetings = new Meetings(blocks);
        meetings.run();
        BitSet found = new BitSet();
        for (BasicBlock block : blocks) {
            int meeting = block.suspends ? block.next.index : meetings.dominator[block.index];
            if ((block.suspends || block.target != null && block.next != null) && meeting != NONE) {
                found.set(meeting);
            }
        }
        found.clear(meetings.exit);
        return found.stream().mapToObj(blocks::get).toList();
    }

    private void run() {
        List<List<Integer>> before = new ArrayList<>();
        for (int i = 0; i <= exit; i++) {
            before.add(new ArrayList<>());
        }
        for (BasicBlock block : blocks) {
            successors(block).forEach(successor -> before.get(successor).add(block.index));
        }
        int[] sequence = new int[exit + 1];
        int visited = postorder(before, sequence);
        Arrays.fill(dominator, NONE);
        dominator[exit] = exit;
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int k = visited - 2; k >= 0; k--) {
                int index = sequence[k];
                int found = NONE;
                for (int successor : successors(blocks.get(index))) {
                    if (dominator[successor] != NONE) {
                        found = found == NONE ? successor : common(successor, found);
                    }
                }
                changed |= dominator[index] != found;
                dominator[index] = found;
            }
        }
    }

    private List<Integer> successors(BasicBlock block) {
        List<Integer> successors = new ArrayList<>();
        block.successors().forEach(successor -> successors.add(successor.index));
        if (successors.isEmpty()) {
            successors.add(exit);
        }
        return successors;
    }

    /** Numbers the blocks from which the exit can be reached, against the direction of control, the exit last. */
    private int postorder(List<List<Integer>> before, int[] sequence) {
        Deque<int[]> stack = new ArrayDeque<>();
        BitSet seen = new BitSet();
        seen.set(exit);
        stack.push(new int[] {exit, 0});
        int count = 0;
        while (!stack.isEmpty()) {
            int[] top = stack.peek();
            if (top[1] == before.get(top[0]).size()) {
                order[top[0]] = count;
                sequence[count++] = top[0];
                stack.pop();
                continue;
            }
            int next = before.get(top[0]).get(top[1]++);
            if (!seen.get(next)) {
                seen.set(next);
                stack.push(new int[] {next, 0});
            }
        }
        return count;
    }

    private int common(int a, int b) {
        while (a != b) {
            while (order[a] < order[b]) {
                a = dominator[a];
            }
            while (order[b] < order[a]) {
                b = dominator[b];
            }
        }
        return a;
    }
}
