package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tandem.engine.operation.Cast;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Move;

/**
 * A static description of a computation: tensors, and operations in the order they run. Model code appends to it once;
 * {@link #differentiate} appends the backward pass; {@link Plan} gives it memory; {@link Program} runs it.
 */
public final class Graph {

    private final Variables variables;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<Tensor, ByteBuffer> constants = new LinkedHashMap<>();
    private final Map<Tensor, Operation> producers = new HashMap<>();
    private final Map<Tensor, Tensor> viewed = new HashMap<>();
    private final List<Map<Tensor, Tensor>> gradients = new ArrayList<>();
    private final Set<Tensor> kept = new LinkedHashSet<>();
    private final Map<Tensor, Tensor> rounded = new LinkedHashMap<>();
    private Tensor gradientScale;

    /** An empty graph over these variables. */
    public Graph(Variables variables) {
        this.variables = variables;
    }

    /** The parameters and states that graphs share. */
    public Variables variables() {
        return variables;
    }

    /** A tensor that the host writes before a run. */
    public Tensor input(String name, DataType type, Shape shape) {
        Tensor tensor = new Tensor(name, type, shape, Tensor.Role.INPUT);
        if (inputs.put(name, tensor) != null) {
            throw new IllegalArgumentException("two inputs are called " + name);
        }
        return tensor;
    }

    /** A FLOAT32 tensor whose values never change. */
    public Tensor constant(String name, Shape shape, float... values) {
        if (values.length != shape.elements()) {
            throw new IllegalArgumentException(
                    "constant " + name + shape + " needs " + shape.elements() + " values, got " + values.length);
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        Tensor tensor = new Tensor(name, DataType.FLOAT32, shape, Tensor.Role.CONSTANT);
        constants.put(tensor, bytes);
        return tensor;
    }

    /** The value of a {@link #constant} with one element; empty for every other tensor. */
    public Optional<Float> constantScalar(Tensor tensor) {
        ByteBuffer bytes = constants.get(tensor);
        return bytes == null || tensor.elements() != 1 ? Optional.empty() : Optional.of(bytes.getFloat(0));
    }

    /**
     * A variable in 16 bits, for operations on tensors of that type; itself for FLOAT32. All such copies of a graph are
     * made by one launch at the start of each run (in a frozen program once). Its gradient is FLOAT32 and counts for
     * the parameter.
     */
    public Tensor rounded(Tensor variable, DataType type) {
        if (type == DataType.FLOAT32) {
            return variable;
        }
        if (variable.role() != Tensor.Role.PARAMETER && variable.role() != Tensor.Role.STATE || !type.half()) {
            throw new IllegalArgumentException(
                    variable + " (" + variable.role() + ") as " + type + ": only variables can be rounded, to 16 bits");
        }
        Tensor copy =
                rounded.computeIfAbsent(variable, p -> new Tensor(p.name(), type, p.shape(), Tensor.Role.ROUNDED));
        if (rounded.values().iterator().next().type() != type) {
            throw new IllegalArgumentException(
                    copy + " and other types of 16 bits in one graph: its variables are rounded to one type only");
        }
        return copy;
    }

    /** The variables that are read in 16 bits, with those copies; see {@link #rounded(Tensor, DataType)}. */
    public Map<Tensor, Tensor> rounded() {
        return Collections.unmodifiableMap(rounded);
    }

    /** A tensor that an operation about to be added will write. */
    public Tensor activation(String name, DataType type, Shape shape) {
        return new Tensor(name, type, shape, Tensor.Role.ACTIVATION);
    }

    /** A FLOAT32 tensor that an operation about to be added will write. */
    public Tensor activation(String name, Shape shape) {
        return activation(name, DataType.FLOAT32, shape);
    }

    /** The same memory under another shape with as many elements. */
    public Tensor view(Tensor tensor, Shape shape) {
        if (shape.elements() != tensor.elements()) {
            throw new IllegalArgumentException("cannot view " + tensor + " as " + shape);
        }
        Tensor view = new Tensor(tensor.name(), tensor.type(), shape, Tensor.Role.ACTIVATION);
        viewed.put(view, base(tensor));
        add(new Move.View(tensor, view));
        return view;
    }

    /** The tensor whose memory this one shares: itself unless it is a {@link #view}. */
    public Tensor base(Tensor tensor) {
        return viewed.getOrDefault(tensor, tensor);
    }

    /** Appends an operation. */
    public void add(Operation operation) {
        for (Tensor output : operation.outputs()) {
            if (output.role() != Tensor.Role.ACTIVATION) {
                throw new IllegalArgumentException(
                        operation.name() + " cannot write " + output + ", which is " + output.role());
            }
            if (producers.put(output, operation) != null) {
                throw new IllegalArgumentException(
                        output + " is written twice, the second time by " + operation.name());
            }
        }
        for (Tensor input : operation.inputs()) {
            if (input.role() == Tensor.Role.ACTIVATION && !producers.containsKey(input)) {
                throw new IllegalArgumentException(
                        operation.name() + " reads " + input + ", which nothing has written yet");
            }
        }
        operations.add(operation);
    }

    /** Keeps the tensor's memory to the end of the run, so that the host can read it; returns it. */
    public Tensor keep(Tensor tensor) {
        kept.add(base(tensor));
        return tensor;
    }

    /** All operations in the order they run. */
    public List<Operation> operations() {
        return Collections.unmodifiableList(operations);
    }

    /** The inputs by name. */
    public Map<String, Tensor> inputs() {
        return Collections.unmodifiableMap(inputs);
    }

    /** The constants and their bytes. */
    public Map<Tensor, ByteBuffer> constants() {
        return Collections.unmodifiableMap(constants);
    }

    /** Tensors whose memory must outlive the run. */
    public Set<Tensor> kept() {
        return Collections.unmodifiableSet(kept);
    }

    /**
     * For each set of {@link Gradients} the differentiated parameters with the tensors that hold their gradients there;
     * empty when no parameter was differentiated by.
     */
    public List<Map<Tensor, Tensor>> parameterGradients() {
        return Collections.unmodifiableList(gradients);
    }

    /**
     * Makes every later backward pass start from {@code scale} in place of 1, so that all gradients come out times
     * that: small ones of FLOAT16 would vanish otherwise.
     *
     * @param scale a scalar FLOAT32 tensor
     */
    public void scaleGradients(Tensor scale) {
        if (scale.elements() != 1 || scale.type() != DataType.FLOAT32) {
            throw new IllegalArgumentException("gradients can be scaled by a FLOAT32 scalar, not by " + scale);
        }
        gradientScale = scale;
    }

    /** {@link #differentiate(Tensor, Collection, int)} into the first set. */
    public Map<Tensor, Tensor> differentiate(Tensor loss, Collection<Tensor> wanted) {
        return differentiate(loss, wanted, 0);
    }

    /**
     * Appends the backward pass of {@code loss} (reverse-mode differentiation). Gradients of parameters are placed in
     * {@link Gradients}; a parameter the loss does not depend on has none, and none can be differentiated by twice into
     * one set. Several losses over one forward pass, each into a set of its own, give gradients that can be compared.
     *
     * @param loss a scalar FLOAT32 tensor
     * @param wanted what to differentiate by: parameters, or inputs and activations
     * @param set which gradients of parameters these are, 0 for those that an optimiser takes
     * @return the gradient of each wanted tensor that the loss depends on
     */
    public Map<Tensor, Tensor> differentiate(Tensor loss, Collection<Tensor> wanted, int set) {
        if (loss.elements() != 1) {
            throw new IllegalArgumentException("only a scalar can be differentiated, not " + loss);
        }
        Map<Tensor, Tensor> placedBefore = set < gradients.size() ? gradients.get(set) : Map.of();
        for (Tensor tensor : wanted) {
            if (placedBefore.containsKey(tensor)) {
                throw new IllegalArgumentException(
                        tensor + " has a gradient already; add the losses up and differentiate their sum once");
            }
        }
        Set<Tensor> roots = new HashSet<>(wanted);
        wanted.stream().filter(rounded::containsKey).forEach(parameter -> roots.add(rounded.get(parameter)));
        Set<Tensor> needed = dependents(roots);
        Map<Tensor, Tensor> found = new HashMap<>();
        found.put(loss, gradientScale != null ? gradientScale : constant("one", loss.shape(), 1f));
        List<Operation> forward = new ArrayList<>(operations);
        Collections.reverse(forward);
        for (Operation operation : forward) {
            List<Tensor> upstream = new ArrayList<>();
            operation.outputs().forEach(output -> upstream.add(found.get(output)));
            boolean[] want = new boolean[operation.inputs().size()];
            boolean any = false;
            for (int i = 0; i < want.length; i++) {
                want[i] = needed.contains(operation.inputs().get(i));
                any |= want[i];
            }
            if (!any || upstream.stream().allMatch(gradient -> gradient == null)) {
                continue;
            }
            List<Tensor> partial = operation.differentiate(this, upstream, want);
            for (int i = 0; i < want.length; i++) {
                if (want[i] && partial.get(i) != null) {
                    found.merge(operation.inputs().get(i), partial.get(i), (a, b) -> Elementwise.add(this, a, b));
                }
            }
        }
        Map<Tensor, Tensor> result = new LinkedHashMap<>();
        Set<Tensor> placed = new HashSet<>();
        for (Tensor tensor : wanted) {
            Tensor ofCopy = found.get(rounded.get(tensor));
            if (ofCopy != null) {
                found.merge(tensor, Cast.to(this, ofCopy, DataType.FLOAT32), (a, b) -> Elementwise.add(this, a, b));
            }
            Tensor gradient = found.get(tensor);
            if (gradient == null) {
                continue;
            }
            if (tensor.role() == Tensor.Role.PARAMETER) {
                if (!producers.containsKey(gradient)
                        || viewed.containsKey(gradient)
                        || isViewed(gradient)
                        || !placed.add(gradient)) {
                    gradient = Move.copy(this, gradient);
                }
                place(tensor, gradient, set);
            } else {
                keep(gradient);
            }
            result.put(tensor, gradient);
        }
        return result;
    }

    private void place(Tensor parameter, Tensor gradient, int set) {
        while (gradients.size() <= set) {
            gradients.add(new LinkedHashMap<>());
        }
        gradients.get(set).put(parameter, gradient);
    }

    private boolean isViewed(Tensor tensor) {
        return viewed.containsValue(tensor);
    }

    private Set<Tensor> dependents(Collection<Tensor> roots) {
        Set<Tensor> reached = new HashSet<>(roots);
        for (Operation operation : operations) {
            if (operation.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(operation.outputs());
            }
        }
        return reached;
    }
}
