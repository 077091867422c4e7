package tandem.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The arguments of the batch normalization primitives of {@link Dnn}, by name. The same record names tensors in a
 * graph, memory when a primitive is bound, and the positions of the arguments in {@link Dnn.Primitive#bind}. Images are
 * (N, H, W, C), everything else is (C) in FLOAT32.
 */
public final class BatchNormArguments {

    private BatchNormArguments() {}

    private static List<Integer> positions(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void requireCount(List<?> arguments, int count, String of) {
        if (arguments.size() != count) {
            throw new IllegalArgumentException(of + " takes " + count + " arguments, not " + arguments.size());
        }
    }

    /**
     * Of {@link Dnn#batchNormForward}.
     *
     * @param residual an image; null or {@link Memory#NONE} for none
     * @param y output
     * @param mean output: of the batch
     * @param variance output: biased, of the batch
     */
    public record Forward<T>(T x, T gamma, T beta, T residual, T y, T mean, T variance) {

        /** How many there are. */
        public static final int COUNT = 7;

        /** The position of each argument. */
        public static final Forward<Integer> POSITIONS = of(positions(COUNT));

        /** From the 7 arguments in order; rejects another number of them. */
        public static <T> Forward<T> of(List<T> a) {
            requireCount(a, COUNT, "batch_norm_forward");
            return new Forward<>(a.get(0), a.get(1), a.get(2), a.get(3), a.get(4), a.get(5), a.get(6));
        }

        /** In order. */
        public List<T> list() {
            return Arrays.asList(x, gamma, beta, residual, y, mean, variance);
        }
    }

    /**
     * Of {@link Dnn#batchNormInference}.
     *
     * @param mean running mean
     * @param variance running variance
     * @param residual an image; null or {@link Memory#NONE} for none
     * @param y output
     */
    public record Inference<T>(T x, T gamma, T beta, T mean, T variance, T residual, T y) {

        /** How many there are. */
        public static final int COUNT = 7;

        /** The position of each argument. */
        public static final Inference<Integer> POSITIONS = of(positions(COUNT));

        /** From the 7 arguments in order; rejects another number of them. */
        public static <T> Inference<T> of(List<T> a) {
            requireCount(a, COUNT, "batch_norm_inference");
            return new Inference<>(a.get(0), a.get(1), a.get(2), a.get(3), a.get(4), a.get(5), a.get(6));
        }

        /** In order. */
        public List<T> list() {
            return Arrays.asList(x, gamma, beta, mean, variance, residual, y);
        }
    }

    /**
     * Of {@link Dnn#batchNormBackward}.
     *
     * @param y the forward pass's output
     * @param dy gradient of y
     * @param mean the forward pass's
     * @param variance the forward pass's
     * @param dx output
     * @param dGamma output
     * @param dBeta output
     * @param dResidual output; null or {@link Memory#NONE} for none
     */
    public record Backward<T>(
            T x, T y, T dy, T gamma, T beta, T mean, T variance, T dx, T dGamma, T dBeta, T dResidual) {

        /** How many there are. */
        public static final int COUNT = 11;

        /** The position of each argument. */
        public static final Backward<Integer> POSITIONS = of(positions(COUNT));

        /** From the 11 arguments in order; rejects another number of them. */
        public static <T> Backward<T> of(List<T> a) {
            requireCount(a, COUNT, "batch_norm_backward");
            return new Backward<>(
                    a.get(0), a.get(1), a.get(2), a.get(3), a.get(4), a.get(5), a.get(6), a.get(7), a.get(8), a.get(9),
                    a.get(10));
        }

        /** In order. */
        public List<T> list() {
            return Arrays.asList(x, y, dy, gamma, beta, mean, variance, dx, dGamma, dBeta, dResidual);
        }
    }
}
