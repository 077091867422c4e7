package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The memory of a set of {@link Variables} on one device, in one arena: first the parameters with weight decay, then
 * those without, then the states; each starts at a multiple of 256 bytes and the gaps stay zero. So an optimizer's step
 * or a moving average is one kernel launch over a whole range. Training weights and their moving average are two
 * instances of one layout.
 */
public final class Weights implements AutoCloseable {

    /** Values that are copied to or from the device at a time: staging memory does not grow with the variables. */
    private static final int STAGED = 1 << 16;

    private final Device device;
    private final Variables variables;
    private final WeightLayout layout;
    /** Null when each variable has a buffer of its own. */
    private final Buffer buffer;

    private final Map<Tensor, Buffer> separate = new HashMap<>();
    private final ByteBuffer staging =
            ByteBuffer.allocateDirect(STAGED * Float.BYTES).order(ByteOrder.nativeOrder());

    /** Zeroed memory for all of {@code variables}, which must not grow afterwards. */
    public Weights(Device device, Variables variables) {
        this(device, variables, device.allocate(WeightLayout.of(variables).bytes(), "weights"));
    }

    private Weights(Device device, Variables variables, Buffer buffer) {
        this.device = device;
        this.variables = variables;
        this.layout = WeightLayout.of(variables);
        this.buffer = buffer;
    }

    /**
     * Zeroed memory for each variable by itself, which can be released. There is no memory of several variables
     * ({@link #all}, {@link #parameters}) then: for programs that compute no gradients and round no variables.
     */
    public static Weights separate(Device device, Variables variables) {
        Weights weights = new Weights(device, variables, null);
        try {
            variables.all().forEach(variable -> weights.allocate(variable.tensor()));
            return weights;
        } catch (RuntimeException | Error problem) {
            weights.close();
            throw problem;
        }
    }

    /** Whether {@link #release} may be called. */
    public boolean isSeparate() {
        return buffer == null;
    }

    /** Frees the memory of some variables; their values are lost. Only for weights made by {@link #separate}. */
    public void release(Collection<Tensor> released) {
        for (Tensor variable : released) {
            Buffer own = separate.remove(variable);
            if (own != null) {
                own.close();
            }
        }
    }

    /** The variables whose memory was released. */
    public List<Tensor> released() {
        return isSeparate()
                ? variables.all().stream()
                        .map(Variables.Variable::tensor)
                        .filter(tensor -> !separate.containsKey(tensor))
                        .toList()
                : List.of();
    }

    /** Zeroed memory again for a variable whose memory was released. */
    public void allocate(Tensor variable) {
        // As much as it takes in one memory for all, so that a plan of either is the same.
        separate.put(variable, device.allocate(Memory.aligned(variable.bytes()), "weights"));
    }

    /** The variables that have a place here. */
    public Variables variables() {
        return variables;
    }

    /** Sets every variable to its initial value, in the order of declaration. */
    public void initialize(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (Variables.Variable variable : variables.all()) {
            Tensor tensor = variable.tensor();
            write(tensor, FloatBuffer.wrap(variable.initializer().values(tensor.shape(), random)));
        }
    }

    /** The memory of one variable. */
    public Memory of(Tensor variable) {
        if (!isSeparate()) {
            return layout.of(variable, buffer.memory());
        }
        Buffer own = separate.get(variable);
        if (own == null) {
            throw new IllegalStateException(variable + " has no memory here: it was released, or is no variable");
        }
        return own.memory().slice(0, variable.bytes());
    }

    /** All parameters, gaps included: the range {@link Gradients} mirrors. */
    public Memory parameters() {
        return together().slice(0, layout.parameterBytes());
    }

    /** The leading part of {@link #parameters} to which weight decay applies, in elements. */
    public long decayedElements() {
        return layout.decayedBytes() / Float.BYTES;
    }

    /**
     * Neighboring parameters.
     *
     * @param offset bytes from the start of {@link #parameters}
     * @param bytes length, the gaps between them included
     */
    public record Range(long offset, long bytes) {
        /** The range within memory of that layout, such as a set of {@link Gradients}. */
        public Memory of(Memory arena) {
            return arena.slice(offset, bytes);
        }
    }

    /** The ranges of the parameters whose names pass {@code wanted}, in order, adjacent ranges joined. */
    public List<Range> ranges(Predicate<String> wanted) {
        return layout.ranges(variables.parameters().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> wanted.test(tensor.name()))
                .toList());
    }

    /** Parameters and states together. */
    public Memory all() {
        return together();
    }

    private Memory together() {
        if (isSeparate()) {
            throw new IllegalStateException("these variables have separate memories");
        }
        return buffer.memory();
    }

    WeightLayout layout() {
        return layout;
    }

    /** The values of one variable, copied to the host. */
    public float[] read(Tensor variable) {
        Memory memory = of(variable);
        float[] values = new float[Math.toIntExact(variable.elements())];
        synchronized (staging) {
            for (int first = 0; first < values.length; first += STAGED) {
                int count = Math.min(STAGED, values.length - first);
                staging.clear().limit(count * Float.BYTES);
                device.download(memory.slice((long) first * Float.BYTES, staging.limit()), staging);
                staging.clear().asFloatBuffer().get(values, first, count);
            }
        }
        return values;
    }

    /**
     * Sets the values of one variable.
     *
     * @throws IllegalArgumentException unless {@code values} holds exactly as many as the variable has
     */
    public void write(Tensor variable, FloatBuffer values) {
        if (values.remaining() != variable.elements()) {
            throw new IllegalArgumentException(
                    variable + " takes " + variable.elements() + " values, got " + values.remaining());
        }
        write(variable, 0, values);
    }

    /**
     * Sets some values of one variable, row-major.
     *
     * @param first index of the first of them
     * @throws IllegalArgumentException when the variable does not have as many from there on
     */
    public void write(Tensor variable, int first, FloatBuffer values) {
        Memory memory = of(variable);
        int count = values.remaining();
        if (first < 0 || (long) first + count > variable.elements()) {
            throw new IllegalArgumentException(
                    variable + " has " + variable.elements() + " values, got " + count + " from " + first + " on");
        }
        synchronized (staging) {
            for (int done = 0; done < count; done += STAGED) {
                int part = Math.min(STAGED, count - done);
                staging.clear().limit(part * Float.BYTES);
                staging.asFloatBuffer().put(values.slice(values.position() + done, part));
                device.upload(staging, memory.slice((first + (long) done) * Float.BYTES, staging.limit()));
            }
        }
    }

    @Override
    public void close() {
        if (isSeparate()) {
            separate.values().forEach(Buffer::close);
            separate.clear();
        } else {
            buffer.close();
        }
    }
}
