package tandem.engine;

/**
 * A named value of a {@link Graph}: its type and shape, never its memory. Memory is given to it by the {@link Plan}.
 * Identity counts: two tensors with the same name are two tensors.
 */
public final class Tensor {

    /** What writes a tensor and how long it lives. */
    public enum Role {
        /** Written by the host before a run. */
        INPUT,
        /** Constant: set when the graph is built. */
        CONSTANT,
        /** Trained; lives in {@link Weights} and outlives every program. */
        PARAMETER,
        /** A variable in 16 bits, rounded again at the start of each run; see {@link Graph#rounded}. */
        ROUNDED,
        /** Kept between runs but not trained, such as running statistics; lives in {@link Weights}. */
        STATE,
        /** Written by an operation; its memory is reused after the last reader. */
        ACTIVATION
    }

    private final String name;
    private final DataType type;
    private final Shape shape;
    private final Role role;

    Tensor(String name, DataType type, Shape shape, Role role) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.role = role;
    }

    /** The name in errors, plans and profiles. */
    public String name() {
        return name;
    }

    /** Type of an element. */
    public DataType type() {
        return type;
    }

    /** Dimensions, outermost first. */
    public Shape shape() {
        return shape;
    }

    /** What writes it and how long it lives. */
    public Role role() {
        return role;
    }

    /** Elements in all. */
    public long elements() {
        return shape.elements();
    }

    /** Bytes in all. */
    public long bytes() {
        return elements() * type.bytes();
    }

    @Override
    public String toString() {
        return name + " " + type + shape;
    }
}
