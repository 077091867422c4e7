package tandem.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Plan.Placement;

/**
 * Offsets in one arena for tensors with known lifetimes: the largest first, each into the smallest gap between the
 * tensors that live at the same time (greedy by size, best fit; Pisarchyk and Lee 2020, section 5.2).
 */
final class Placer {

    private Placer() {}

    /** The same tensors, in the same order, with offsets; no two that live at one time overlap. */
    static Map<Tensor, Placement> place(List<Placement> lifetimes) {
        List<Placement> order = new ArrayList<>(lifetimes);
        order.sort(
                (a, b) -> size(a) != size(b) ? Long.compare(size(b), size(a)) : Integer.compare(a.first(), b.first()));
        List<Placement> placed = new ArrayList<>();
        Map<Tensor, Placement> result = new LinkedHashMap<>();
        lifetimes.forEach(lifetime -> result.put(lifetime.tensor(), lifetime));
        for (Placement next : order) {
            Placement fixed = new Placement(next.tensor(), bestGap(next, placed), next.first(), next.last());
            placed.add(fixed);
            result.put(next.tensor(), fixed);
        }
        return result;
    }

    private static long bestGap(Placement wanted, List<Placement> placed) {
        List<Placement> neighbors = new ArrayList<>();
        for (Placement other : placed) {
            if (other.first() <= wanted.last() && wanted.first() <= other.last()) {
                neighbors.add(other);
            }
        }
        neighbors.sort((a, b) -> Long.compare(a.offset(), b.offset()));
        long size = size(wanted);
        long best = -1;
        long bestSize = Long.MAX_VALUE;
        long end = 0;
        for (Placement neighbor : neighbors) {
            long gap = neighbor.offset() - end;
            if (gap >= size && gap < bestSize) {
                best = end;
                bestSize = gap;
            }
            end = Math.max(end, neighbor.offset() + size(neighbor));
        }
        return best >= 0 ? best : end;
    }

    private static long size(Placement placement) {
        return Memory.aligned(placement.tensor().bytes());
    }
}
