package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
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

    private final Device device;
    private final Variables variables;
    private final WeightLayout layout;
    private final Buffer buffer;

    /** Zeroed memory for all of {@code variables}, which must not grow afterwards. */
    public Weights(Device device, Variables variables) {
        this.device = device;
        this.variables = variables;
        this.layout = WeightLayout.of(variables);
        this.buffer = device.allocate(layout.bytes(), "weights");
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
        return layout.of(variable, buffer.memory());
    }

    /** All parameters, gaps included: the range {@link Gradients} mirrors. */
    public Memory parameters() {
        return buffer.memory().slice(0, layout.parameterBytes());
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
        return buffer.memory();
    }

    WeightLayout layout() {
        return layout;
    }

    /** The values of one variable, copied to the host. */
    public float[] read(Tensor variable) {
        Memory memory = of(variable);
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(memory.bytes())).order(ByteOrder.nativeOrder());
        device.download(memory, bytes.duplicate());
        float[] values = new float[Math.toIntExact(variable.elements())];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /**
     * Sets the values of one variable.
     *
     * @throws IllegalArgumentException unless {@code values} holds exactly as many as the variable has
     */
    public void write(Tensor variable, FloatBuffer values) {
        Memory memory = of(variable);
        if (values.remaining() != variable.elements()) {
            throw new IllegalArgumentException(
                    variable + " takes " + variable.elements() + " values, got " + values.remaining());
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(memory.bytes())).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values.duplicate());
        device.upload(bytes, memory);
    }

    @Override
    public void close() {
        buffer.close();
    }
}
