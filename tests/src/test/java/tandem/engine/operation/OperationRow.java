package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * One row of the operation test table:
 *
 * <pre>{@code
 * OperationRow.named("leaky_relu (2, 3, 5)")
 *         .input("x", Shape.of(2, 3, 5), Values.distinct(0.1))
 *         .builds((graph, in) -> List.of(Elementwise.leakyRelu(graph, in.get(0), 0.1f)))
 *         .reference(in -> new double[][] {leaky(in[0], 0.1f)})
 *         .tolerance(1e-7, "one product")
 * }</pre>
 *
 * Inputs are differentiated unless they are {@link #fixed}; gradients are compared with central differences of the
 * reference. A row that names the inputs that are {@link #stored} also runs with them in 16 bits: see {@link #in}.
 */
public final class OperationRow {

    /**
     * Appends the operation; returns what the reference computes, in its order (a state returned is read after the
     * run).
     */
    @FunctionalInterface
    public interface Builder {
        /** The outputs. */
        List<Tensor> build(Graph graph, List<Tensor> inputs);
    }

    /** The plain computation in double precision. */
    @FunctionalInterface
    public interface Reference {
        /** The outputs from the inputs, which it must not change. */
        double[][] compute(double[][] inputs);
    }

    /** An input of the row. */
    public record Input(
            String name, DataType type, Shape shape, Values values, Tensor.Role role, boolean differentiated) {}

    private final String name;
    private final List<Input> inputs = new ArrayList<>();
    private Builder builder;
    private Reference reference;
    private double tolerance;
    private double gradientTolerance;
    private String reason;
    private boolean differentiable = true;
    private Set<String> stored = Set.of();
    private int roundings;
    private int gradientRoundings;
    private DataType storage = DataType.FLOAT32;

    private OperationRow(String name) {
        this.name = name;
    }

    /** A row without inputs yet; the name gives the operation and what is special about this case. */
    public static OperationRow named(String name) {
        return new OperationRow(name);
    }

    /** A FLOAT32 input, differentiated. */
    public OperationRow input(String tensor, Shape shape, Values values) {
        inputs.add(new Input(tensor, DataType.FLOAT32, shape, values, Tensor.Role.INPUT, true));
        return this;
    }

    /** An input of any type that gradients do not go to. */
    public OperationRow fixed(String tensor, DataType type, Shape shape, Values values) {
        inputs.add(new Input(tensor, type, shape, values, Tensor.Role.INPUT, false));
        return this;
    }

    /** A trained parameter, differentiated. */
    public OperationRow parameter(String tensor, Shape shape, Values values) {
        inputs.add(new Input(tensor, DataType.FLOAT32, shape, values, Tensor.Role.PARAMETER, true));
        return this;
    }

    /** A state, which the operation may update. */
    public OperationRow state(String tensor, Shape shape, Values values) {
        inputs.add(new Input(tensor, DataType.FLOAT32, shape, values, Tensor.Role.STATE, false));
        return this;
    }

    /** How to append it to a graph. */
    public OperationRow builds(Builder how) {
        builder = how;
        return this;
    }

    /** What it should compute. */
    public OperationRow reference(Reference plain) {
        reference = plain;
        return this;
    }

    /**
     * The largest error allowed, relative to the largest magnitude of the reference's tensor, for outputs and
     * gradients.
     *
     * @param why where the error comes from
     */
    public OperationRow tolerance(double relative, String why) {
        return tolerance(relative, relative, why);
    }

    /** Different errors for outputs and gradients. */
    public OperationRow tolerance(double forward, double gradient, String why) {
        tolerance = forward;
        gradientTolerance = gradient;
        reason = why;
        return this;
    }

    /** The operation has no gradient. */
    public OperationRow forwardOnly() {
        differentiable = false;
        return this;
    }

    /**
     * The inputs (and parameters) that may be in 16 bits; outputs then are too.
     *
     * @param forward how often a number is rounded to 16 bits on the way to an output
     * @param gradient the same on the way to a gradient
     */
    public OperationRow stored(int forward, int gradient, String... names) {
        stored = Set.of(names);
        roundings = forward;
        gradientRoundings = gradient;
        return this;
    }

    /**
     * This row with its stored inputs in another type: their values are rounded to it, and each rounding is allowed
     * for.
     */
    OperationRow in(DataType type) {
        OperationRow row = named(name + " in " + type);
        row.inputs.addAll(inputs);
        row.builder = builder;
        row.reference = reference;
        row.tolerance = tolerance + roundings * Rounding.unit(type);
        row.gradientTolerance = gradientTolerance + gradientRoundings * Rounding.unit(type);
        row.reason = reason + "; " + roundings + " and " + gradientRoundings + " roundings to " + type;
        row.differentiable = differentiable;
        row.stored = stored;
        row.storage = type;
        return row;
    }

    /** Whether {@link #stored} was called. */
    boolean isStored() {
        return !stored.isEmpty();
    }

    /** The type of an input when it gets to the operation. */
    DataType typeOf(Input input) {
        return stored.contains(input.name()) ? storage : input.type();
    }

    /** What reports call it. */
    public String name() {
        return name;
    }

    List<Input> inputs() {
        return inputs;
    }

    Builder builder() {
        return builder;
    }

    Reference reference() {
        return reference;
    }

    double tolerance() {
        return tolerance;
    }

    double gradientTolerance() {
        return gradientTolerance;
    }

    String reason() {
        return reason;
    }

    boolean differentiable() {
        return differentiable;
    }
}
