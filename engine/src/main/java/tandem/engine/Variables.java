package tandem.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The tensors that outlive a run, by name: trained parameters and kept states. Several graphs (other batch sizes, other
 * image sizes, training and inference) share one set; {@link Weights} gives it memory.
 */
public final class Variables {

    /**
     * Fills a new variable; must draw from {@code random} alone, in element order, so that a seed fixes every weight.
     */
    @FunctionalInterface
    public interface Initializer {
        /** The value of each of {@code shape.elements()} elements. */
        float[] values(Shape shape, RandomGenerator random);

        /** Every element the same. */
        static Initializer constant(float value) {
            return (shape, random) -> {
                float[] values = new float[Math.toIntExact(shape.elements())];
                java.util.Arrays.fill(values, value);
                return values;
            };
        }

        /** Normal with mean 0 and the given standard deviation. */
        static Initializer normal(double deviation) {
            return (shape, random) -> NormalValues.of(Math.toIntExact(shape.elements()), deviation, random);
        }

        /**
         * He's normal initialization for a (K, R, S, C) filter in fan-out mode, gain sqrt(2) (He et al. 2015, equation
         * 14).
         */
        static Initializer heFanOut() {
            return (shape, random) -> {
                double fan = (double) shape.dim(0) * shape.dim(1) * shape.dim(2);
                return normal(Math.sqrt(2 / fan)).values(shape, random);
            };
        }

        /** Uniform on (-1/sqrt(R S C), 1/sqrt(R S C)) for a (K, R, S, C) filter: PyTorch's default for convolutions. */
        static Initializer uniformFanIn() {
            return (shape, random) -> {
                double bound = 1 / Math.sqrt((double) shape.dim(1) * shape.dim(2) * shape.dim(3));
                float[] values = new float[Math.toIntExact(shape.elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
                return values;
            };
        }
    }

    /**
     * One variable.
     *
     * @param tensor its FLOAT32 tensor, role PARAMETER or STATE
     * @param initializer its initial value
     * @param decay whether weight decay applies (false for biases and all one-dimensional parameters, and for states)
     */
    public record Variable(Tensor tensor, Initializer initializer, boolean decay) {}

    private final Map<String, Variable> byName = new LinkedHashMap<>();
    private final Predicate<String> frozen;

    /** No variables yet. */
    public Variables() {
        this(name -> false);
    }

    /**
     * No variables yet.
     *
     * @param frozen names of parameters that are not to be trained: they are declared as states, which nothing writes,
     *     so that they have no gradient, no weight decay and no place in an optimizer's state
     */
    public Variables(Predicate<String> frozen) {
        this.frozen = frozen;
    }

    /**
     * Declares a trained parameter, a state if its name is frozen, or returns the one already declared under that name.
     */
    public Tensor parameter(String name, Shape shape, Initializer initializer) {
        return frozen.test(name)
                ? state(name, shape, initializer)
                : declare(name, shape, Tensor.Role.PARAMETER, initializer, shape.rank() > 1);
    }

    /** Declares a state that is kept but not trained, or returns the one already declared under that name. */
    public Tensor state(String name, Shape shape, Initializer initializer) {
        return declare(name, shape, Tensor.Role.STATE, initializer, false);
    }

    private Tensor declare(String name, Shape shape, Tensor.Role role, Initializer initializer, boolean decay) {
        Variable known = byName.get(name);
        if (known == null) {
            known = new Variable(new Tensor(name, DataType.FLOAT32, shape, role), initializer, decay);
            byName.put(name, known);
        }
        if (!known.tensor().shape().equals(shape) || known.tensor().role() != role) {
            throw new IllegalArgumentException("variable " + name + " is already declared as "
                    + known.tensor().role() + shape(known) + ", not as " + role + shape);
        }
        return known.tensor();
    }

    private static Shape shape(Variable variable) {
        return variable.tensor().shape();
    }

    /** All variables in the order they were declared. */
    public List<Variable> all() {
        return new ArrayList<>(byName.values());
    }

    /** The parameters alone, in the order they were declared. */
    public List<Variable> parameters() {
        return byName.values().stream()
                .filter(v -> v.tensor().role() == Tensor.Role.PARAMETER)
                .toList();
    }

    /** Number of trained elements. */
    public long parameterElements() {
        return parameters().stream().mapToLong(v -> v.tensor().elements()).sum();
    }
}
