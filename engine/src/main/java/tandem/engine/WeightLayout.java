package tandem.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Offsets of variables in one arena: parameters with weight decay, parameters without, states; each at a multiple of
 * 256 bytes.
 *
 * @param offsets bytes from the arena's start
 * @param decayedBytes end of the parameters with weight decay
 * @param parameterBytes end of all parameters
 * @param bytes end of the states
 */
record WeightLayout(Map<Tensor, Long> offsets, long decayedBytes, long parameterBytes, long bytes) {

    static WeightLayout of(Variables variables) {
        Map<Tensor, Long> offsets = new HashMap<>();
        List<Variables.Variable> parameters = variables.parameters();
        long decayed =
                place(parameters.stream().filter(Variables.Variable::decay).toList(), 0, offsets);
        long trained =
                place(parameters.stream().filter(variable -> !variable.decay()).toList(), decayed, offsets);
        long end = place(
                variables.all().stream()
                        .filter(v -> v.tensor().role() == Tensor.Role.STATE)
                        .toList(),
                trained,
                offsets);
        return new WeightLayout(offsets, decayed, trained, end);
    }

    private static long place(List<Variables.Variable> variables, long from, Map<Tensor, Long> offsets) {
        long offset = from;
        for (Variables.Variable variable : variables) {
            offsets.put(variable.tensor(), offset);
            offset = Memory.aligned(offset + variable.tensor().bytes());
        }
        return offset;
    }

    /** The ranges of some variables, neighbors joined, in the order of their offsets. */
    List<Weights.Range> ranges(List<Tensor> variables) {
        List<Weights.Range> ranges = new ArrayList<>();
        for (Tensor variable :
                variables.stream().sorted(Comparator.comparing(offsets::get)).toList()) {
            long start = offsets.get(variable);
            Weights.Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && Memory.aligned(last.offset() + last.bytes()) == start) {
                ranges.set(
                        ranges.size() - 1, new Weights.Range(last.offset(), start + variable.bytes() - last.offset()));
            } else {
                ranges.add(new Weights.Range(start, variable.bytes()));
            }
        }
        return ranges;
    }

    /** The range of one variable within {@code arena}. */
    Memory of(Tensor variable, Memory arena) {
        Long offset = offsets.get(variable);
        if (offset == null) {
            throw new IllegalArgumentException(
                    variable + " (" + variable.role() + ") has no place in these weights: it is no variable, "
                            + "or was declared after the weights were made; declare every variable first");
        }
        return arena.slice(offset, variable.bytes());
    }
}
