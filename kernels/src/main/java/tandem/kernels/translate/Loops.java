package tandem.kernels.translate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * Finds the blocks that can be reached from themselves, in linear time: those of strongly connected components with an
 * edge (R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal on Computing 1 (2), 1972).
 */
final class Loops {

    private final Function<BasicBlock, List<BasicBlock>> following;
    private final Map<BasicBlock, Integer> numbers = new HashMap<>();
    private final Map<BasicBlock, Integer> lowest = new HashMap<>();
    private final Deque<BasicBlock> component = new ArrayDeque<>();
    private final Set<BasicBlock> inComponent = new HashSet<>();
    private final Set<BasicBlock> found = new HashSet<>();

    private record Visit(BasicBlock block, Iterator<BasicBlock> rest) {}

    private Loops(Function<BasicBlock, List<BasicBlock>> following) {
        this.following = following;
    }

    /** Those among the blocks that are reached from {@code start}. */
    static Set<BasicBlock> of(BasicBlock start, Function<BasicBlock, List<BasicBlock>> following) {
        Loops loops = new Loops(following);
        loops.search(start);
        return loops.found;
    }

    private void search(BasicBlock start) {
        Deque<Visit> path = new ArrayDeque<>();
        path.push(begin(start));
        while (!path.isEmpty()) {
            Visit visit = path.peek();
            if (visit.rest.hasNext()) {
                BasicBlock next = visit.rest.next();
                if (!numbers.containsKey(next)) {
                    path.push(begin(next));
                } else if (inComponent.contains(next)) {
                    lowest.merge(visit.block, numbers.get(next), Math::min);
                }
            } else {
                path.pop();
                end(visit.block);
                if (!path.isEmpty()) {
                    lowest.merge(path.peek().block, lowest.get(visit.block), Math::min);
                }
            }
        }
    }

    private Visit begin(BasicBlock block) {
        lowest.put(block, numbers.size());
        numbers.put(block, numbers.size());
        component.push(block);
        inComponent.add(block);
        return new Visit(block, following.apply(block).iterator());
    }

    private void end(BasicBlock block) {
        if (!lowest.get(block).equals(numbers.get(block))) {
            return;
        }
        boolean alone = component.peek() == block;
        BasicBlock member;
        do {
            member = component.pop();
            inComponent.remove(member);
            if (!alone || following.apply(block).contains(block)) {
                found.add(member);
            }
        } while (member != block);
    }
}
