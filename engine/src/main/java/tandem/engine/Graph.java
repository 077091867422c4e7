package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A static description of a computation: tensors, and operations in the order they run. Model code appends to it once;
 * {@code BackwardPass} appends the backward pass; {@code Plan} gives it memory; {@code Program} runs it.
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
    /** One view for all callers: Program.download reads it for each tensor and must not allocate. */
    private final Set<Tensor> keptView = Collections.unmodifiableSet(kept);

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

    /** The tensor whose memory this one shares: itself unless it is a view. */
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
        operation.viewed().ifPresent(tensor -> viewed.put(operation.outputs().get(0), base(tensor)));
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
        return keptView;
    }

    /**
     * For each set of {@link Gradients} the differentiated parameters with the tensors that hold their gradients there;
     * empty when no parameter was differentiated by.
     */
    public List<Map<Tensor, Tensor>> parameterGradients() {
        return Collections.unmodifiableList(gradients);
    }

    /** The parameters differentiated into one set, with their gradients; empty for a set that is not there. */
    public Map<Tensor, Tensor> parameterGradients(int set) {
        return set < gradients.size() ? Collections.unmodifiableMap(gradients.get(set)) : Map.of();
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

    /** What backward passes start from in place of 1; see {@link #scaleGradients}. */
    public Optional<Tensor> gradientScale() {
        return Optional.ofNullable(gradientScale);
    }

    /** Whether an operation of this graph writes the tensor, and no view shares its memory. */
    public boolean ownsMemory(Tensor tensor) {
        return producers.containsKey(tensor) && !viewed.containsKey(tensor) && !viewed.containsValue(tensor);
    }

    /**
     * Places the gradient of a parameter in one set of {@link Gradients}. The graph is not changed when it throws.
     *
     * @param gradient written by an operation of this graph, of the parameter's type and shape, with memory that no
     *     view shares, and not placed for another parameter
     * @param set 0 or more
     * @throws IllegalArgumentException when any of that does not hold, or the parameter has a gradient in that set
     */
    public void placeGradient(Tensor parameter, Tensor gradient, int set) {
        require(set >= 0, "gradients have sets from 0 on, not " + set);
        require(
                parameter.role() == Tensor.Role.PARAMETER,
                parameter + " is " + parameter.role() + "; only gradients of parameters are placed");
        require(
                gradient.type() == parameter.type() && gradient.shape().equals(parameter.shape()),
                gradient + " cannot be the gradient of " + parameter + ": type and shape must be equal");
        require(
                ownsMemory(gradient),
                gradient + " cannot be placed: no operation of this graph writes it, or a view shares its memory");
        require(
                gradients.stream().noneMatch(placed -> placed.containsValue(gradient)),
                gradient + " is placed as the gradient of another parameter already; copy it");
        require(!parameterGradients(set).containsKey(parameter), parameter + " has a gradient already in set " + set);
        while (gradients.size() <= set) {
            gradients.add(new LinkedHashMap<>());
        }
        gradients.get(set).put(parameter, gradient);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
