package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.BatchNormArguments;
import tandem.engine.DataType;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.LibraryOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * Batch normalization over N, H and W of (N, H, W, C) (Ioffe and Szegedy 2015), with a residual and an activation after
 * it.
 */
public final class BatchNorm {

    /** Added to the variance. */
    public static final float EPSILON = 1e-5f;
    /** Share of the new batch in the running statistics. */
    public static final float MOMENTUM = 0.1f;

    private BatchNorm() {}

    /**
     * activation(gamma (x - mean) / sqrt(variance + epsilon) + beta + residual) with the mean and the biased variance
     * of this batch. Moves the running statistics towards those of the batch by {@link #MOMENTUM}; the running variance
     * is unbiased, times n / (n - 1) for n = N H W, as PyTorch keeps it (for n = 1, where that has no value, it takes
     * the biased variance, 0).
     *
     * @param gamma FLOAT32 (C), as are beta, runningMean and runningVariance
     * @param residual (N, H, W, C) of the type of x, or null
     */
    public static Tensor train(
            Graph graph,
            Tensor x,
            Tensor gamma,
            Tensor beta,
            Tensor runningMean,
            Tensor runningVariance,
            Tensor residual,
            Activation activation) {
        BatchNormShape shape = shape(x, gamma, beta, runningMean, runningVariance, residual, activation);
        int c = shape.c();
        Tensor y = graph.activation("batch_norm", x.type(), x.shape());
        Tensor mean = graph.activation("batch_mean", gamma.shape());
        Tensor variance = graph.activation("batch_variance", gamma.shape());
        long n = x.elements() / c;
        float unbias = n > 1 ? (float) ((double) n / (n - 1)) : 1;
        KernelOperation running = KernelOperation.named("batch_norm_running")
                .reads(mean, variance, runningMean, runningVariance)
                .launch("batch_norm_running", c, mean, variance, runningMean, runningVariance, MOMENTUM, unbias, c);
        LibraryOperation.of(
                        "batch_norm_forward",
                        dnn -> dnn.batchNormForward(shape),
                        new BatchNormArguments.Forward<>(x, gamma, beta, residual, y, mean, variance).list())
                .reads(x, gamma, beta, runningMean, runningVariance, residual)
                .writes(y, mean, variance)
                .then(running)
                .gradient((g, gradients, needed) ->
                        backward(g, shape, x, y, gradients.get(0), gamma, beta, mean, variance, residual))
                .appendTo(graph);
        return y;
    }

    private static List<Tensor> backward(
            Graph graph,
            BatchNormShape forward,
            Tensor x,
            Tensor y,
            Tensor dy,
            Tensor gamma,
            Tensor beta,
            Tensor mean,
            Tensor variance,
            Tensor residual) {
        boolean masked = residual != null && forward.activation().present();
        BatchNormShape shape = new BatchNormShape(
                forward.n(),
                forward.h(),
                forward.w(),
                forward.c(),
                forward.epsilon(),
                forward.activation(),
                masked,
                forward.type());
        Tensor dx = graph.activation("d_" + x.name(), x.type(), x.shape());
        Tensor dGamma = graph.activation("d_" + gamma.name(), gamma.shape());
        Tensor dBeta = graph.activation("d_" + beta.name(), beta.shape());
        Tensor dResidual = masked ? graph.activation("d_" + residual.name(), x.type(), x.shape()) : null;
        LibraryOperation.of(
                        "batch_norm_backward",
                        dnn -> dnn.batchNormBackward(shape),
                        new BatchNormArguments.Backward<>(
                                        x, y, dy, gamma, beta, mean, variance, dx, dGamma, dBeta, dResidual)
                                .list())
                .reads(x, y, dy, gamma, beta, mean, variance)
                .writes(dx, dGamma, dBeta, dResidual)
                .appendTo(graph);
        List<Tensor> result = new ArrayList<>();
        result.add(dx);
        result.add(dGamma);
        result.add(dBeta);
        result.add(null);
        result.add(null);
        if (residual != null) {
            result.add(masked ? dResidual : dy);
        }
        return result;
    }

    /**
     * The same with the running statistics in place of the batch's, and without moving them; it cannot be
     * differentiated.
     */
    public static Tensor infer(
            Graph graph,
            Tensor x,
            Tensor gamma,
            Tensor beta,
            Tensor runningMean,
            Tensor runningVariance,
            Tensor residual,
            Activation activation) {
        BatchNormShape shape = shape(x, gamma, beta, runningMean, runningVariance, residual, activation);
        Tensor y = graph.activation("batch_norm", x.type(), x.shape());
        LibraryOperation.of(
                        "batch_norm_inference",
                        dnn -> dnn.batchNormInference(shape),
                        new BatchNormArguments.Inference<>(x, gamma, beta, runningMean, runningVariance, residual, y)
                                .list())
                .reads(x, gamma, beta, runningMean, runningVariance, residual)
                .writes(y)
                .appendTo(graph);
        return y;
    }

    private static BatchNormShape shape(
            Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, Tensor residual, Activation activation) {
        if (x.shape().rank() != 4 || x.elements() == 0) {
            throw new IllegalArgumentException("batch normalization takes a non-empty (N, H, W, C), not " + x);
        }
        DataType type = Require.stored("batch normalization", x);
        Shape channels = Shape.of(x.shape().dim(3));
        for (Tensor vector : List.of(gamma, beta, mean, variance)) {
            if (!vector.shape().equals(channels) || vector.type() != DataType.FLOAT32) {
                throw new IllegalArgumentException(
                        "batch normalization of " + x + " needs " + vector + " to be FLOAT32" + channels);
            }
        }
        if (residual != null && (!residual.shape().equals(x.shape()) || residual.type() != type)) {
            throw new IllegalArgumentException(
                    "the residual " + residual + " of a batch normalization must be " + type + x.shape());
        }
        if (activation.slope() < 0) {
            throw new IllegalArgumentException(
                    "batch normalization with " + activation + ": the slope must be 0 or more");
        }
        return new BatchNormShape(
                x.shape().dim(0),
                x.shape().dim(1),
                x.shape().dim(2),
                x.shape().dim(3),
                EPSILON,
                activation,
                residual != null,
                type);
    }
}
