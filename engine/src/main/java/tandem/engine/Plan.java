package tandem.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The place of every tensor of a graph, computed from the first and last operation that uses it, before anything is
 * allocated. Prepared for one device, as workspace sizes depend on it.
 */
public final class Plan {

    /** One line of the plan: a tensor, its offset in its arena, and the operations between which it lives. */
    public record Placement(Tensor tensor, long offset, int first, int last) {}

    /** A parameter's place in one set of {@link Gradients}. */
    record GradientPlace(Tensor parameter, int set) {}

    private final Graph graph;
    private final List<Operation.Lowered> lowered;
    private final Map<Tensor, Placement> activations;
    private final Map<Tensor, Long> inputs;
    private final Map<Tensor, GradientPlace> gradientOwners;
    private final Map<Tensor, Long> roundedOffsets;
    private final WeightLayout weights;
    private final long activationBytes;
    private final long inputBytes;
    private final long workspaceBytes;

    private final boolean frozen;
    private final long preparedBytes;

    private Plan(Graph graph, Device device, boolean frozen) {
        this.graph = graph;
        this.frozen = frozen;
        this.weights = WeightLayout.of(graph.variables());
        this.gradientOwners = new HashMap<>();
        for (int i = 0; i < graph.parameterGradients().size(); i++) {
            int set = i;
            graph.parameterGradients()
                    .get(set)
                    .forEach((parameter, gradient) -> gradientOwners.put(gradient, new GradientPlace(parameter, set)));
        }
        this.roundedOffsets = new HashMap<>();
        graph.rounded()
                .forEach((variable, copy) -> roundedOffsets.put(
                        copy,
                        weights.offsets().get(variable)
                                / variable.type().bytes()
                                * copy.type().bytes()));
        this.lowered = new ArrayList<>();
        long workspace = 0;
        long prepared = 0;
        for (int i = 0; i < graph.operations().size(); i++) {
            Operation.Lowered one = graph.operations().get(i).lower(device);
            lowered.add(one);
            workspace = Math.max(workspace, workspaceBytes(one));
            prepared += frozen ? Memory.aligned(one.preparedBytes()) : 0;
        }
        this.workspaceBytes = Memory.aligned(workspace);
        this.preparedBytes = prepared;
        this.inputs = new LinkedHashMap<>();
        long offset = 0;
        for (List<Tensor> group : List.of(
                List.copyOf(graph.inputs().values()),
                List.copyOf(graph.constants().keySet()))) {
            for (Tensor tensor : group) {
                inputs.put(tensor, offset);
                offset += Memory.aligned(tensor.bytes());
            }
        }
        this.inputBytes = offset;
        this.activations = Placer.place(lifetimes());
        this.activationBytes = activations.values().stream()
                .mapToLong(placement ->
                        placement.offset() + Memory.aligned(placement.tensor().bytes()))
                .max()
                .orElse(0);
    }

    /** Plans {@code graph} for {@code device}. */
    public static Plan of(Graph graph, Device device) {
        return new Plan(graph, device, false);
    }

    /**
     * Plans {@code graph} for programs whose variables do not change: what depends on variables alone, such as filters
     * in a library's own layout, is computed once and stored. See {@link Program#refresh}.
     */
    public static Plan frozen(Graph graph, Device device) {
        if (!graph.parameterGradients().isEmpty()) {
            throw new IllegalArgumentException(
                    "a graph with parameter gradients is for training, so its plan cannot be frozen");
        }
        return new Plan(graph, device, true);
    }

    private List<Placement> lifetimes() {
        Map<Tensor, Placement> lives = new LinkedHashMap<>();
        List<Operation> operations = graph.operations();
        for (int i = 0; i < operations.size(); i++) {
            for (List<Tensor> group :
                    List.of(operations.get(i).inputs(), operations.get(i).outputs())) {
                for (Tensor tensor : group) {
                    Tensor base = graph.base(tensor);
                    if (base.role() == Tensor.Role.ACTIVATION && !gradientOwners.containsKey(base)) {
                        int now = i;
                        lives.compute(base, (key, old) -> new Placement(base, 0, old == null ? now : old.first(), now));
                    }
                }
            }
        }
        for (Tensor tensor : graph.kept()) {
            lives.computeIfPresent(tensor, (key, old) -> new Placement(key, 0, old.first(), operations.size()));
        }
        return List.copyOf(lives.values());
    }

    /** The graph it plans. */
    public Graph graph() {
        return graph;
    }

    List<Operation.Lowered> lowered() {
        return lowered;
    }

    /** Whether it is for programs whose variables do not change. */
    public boolean isFrozen() {
        return frozen;
    }

    /**
     * The variables that no run of this frozen plan reads, as what depends on them is stored, by the last operation for
     * which something is.
     */
    Map<Integer, List<Tensor>> unreadAfter() {
        Map<Tensor, Integer> last = new HashMap<>();
        Set<Tensor> read = new HashSet<>();
        for (int i = 0; i < lowered.size(); i++) {
            Tensor stored = frozen ? lowered.get(i).preparedFrom().orElse(null) : null;
            for (Tensor input : graph.operations().get(i).inputs()) {
                if (input == stored) {
                    last.put(graph.base(input), i);
                } else {
                    read.add(graph.base(input));
                }
            }
        }
        last.keySet().removeAll(read);
        last.keySet().removeIf(tensor -> tensor.role() != Tensor.Role.PARAMETER && tensor.role() != Tensor.Role.STATE);
        return last.keySet().stream().collect(Collectors.groupingBy(last::get));
    }

    /** Scratch bytes of an operation. */
    long workspaceBytes(Operation.Lowered operation) {
        return frozen ? operation.frozenWorkspaceBytes() : operation.workspaceBytes();
    }

    /** The parameter whose gradient this tensor is, and its set, or null. */
    GradientPlace gradientOwner(Tensor tensor) {
        return gradientOwners.get(tensor);
    }

    /** The offset of an activation within the arena. */
    long activationOffset(Tensor tensor) {
        Placement placement = activations.get(tensor);
        if (placement == null) {
            throw new IllegalArgumentException(tensor + " is not part of the planned graph");
        }
        return placement.offset();
    }

    /** The offset of an input or constant. */
    long inputOffset(Tensor tensor) {
        Long offset = inputs.get(tensor);
        if (offset == null) {
            throw new IllegalArgumentException(tensor + " is not part of the planned graph");
        }
        return offset;
    }

    /** Bytes of the arena that holds activations. */
    public long activationBytes() {
        return activationBytes;
    }

    /** Bytes that activations would take without reuse. */
    public long unsharedActivationBytes() {
        return activations.values().stream()
                .mapToLong(placement -> Memory.aligned(placement.tensor().bytes()))
                .sum();
    }

    /** Maximum number of bytes of activations that live at one time: the lower bound of every plan. */
    long liveActivationBytes() {
        long[] change = new long[graph.operations().size() + 2];
        for (Placement placement : activations.values()) {
            long bytes = Memory.aligned(placement.tensor().bytes());
            change[placement.first()] += bytes;
            change[placement.last() + 1] -= bytes;
        }
        long live = 0;
        long max = 0;
        for (long step : change) {
            live += step;
            max = Math.max(max, live);
        }
        return max;
    }

    /** Bytes of inputs and constants. */
    public long inputBytes() {
        return inputBytes;
    }

    /** Maximum workspace of any operation, in bytes. */
    public long workspaceBytes() {
        return workspaceBytes;
    }

    /** Bytes that a frozen plan stores for results that depend on variables alone; 0 for any other plan. */
    public long preparedBytes() {
        return preparedBytes;
    }

    /** What variables are rounded to; empty when all are read as they are. */
    Optional<DataType> roundedType() {
        return graph.rounded().values().stream().map(Tensor::type).findFirst();
    }

    /** The offset of a variable's copy in 16 bits. */
    long roundedOffset(Tensor copy) {
        return roundedOffsets.get(copy);
    }

    /** Bytes of the variables in 16 bits; 0 when none is read so. */
    public long roundedBytes() {
        return roundedType()
                .map(type -> Memory.aligned(weights.bytes() / Float.BYTES * type.bytes()))
                .orElse(0L);
    }

    /** Bytes of all variables of the graph. */
    public long weightBytes() {
        return weights.bytes();
    }

    /** Bytes of all trained parameters of the graph. */
    public long parameterBytes() {
        return weights.parameterBytes();
    }

    /** Bytes of all sets of gradients; 0 when the graph differentiates no parameter. */
    public long gradientBytes() {
        return graph.parameterGradients().size() * weights.parameterBytes();
    }

    /**
     * All that a program of this plan needs on its device: weights, gradients, activations, inputs, rounded and
     * prepared filters, and workspace.
     */
    public long peakBytes() {
        return weightBytes()
                + gradientBytes()
                + activationBytes
                + inputBytes
                + roundedBytes()
                + preparedBytes()
                + workspaceBytes;
    }

    /** Every activation's placement. */
    public List<Placement> placements() {
        return List.copyOf(activations.values());
    }

    @Override
    public String toString() {
        return PlanTable.of(this);
    }
}
