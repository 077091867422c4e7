package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Graph;
import tandem.engine.LibraryOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * Two-dimensional convolution (in the manner of neural networks: cross-correlation) of (N, H, W, C) with (K, R, S, C).
 */
public final class Convolution {

    private Convolution() {}

    /**
     * y[n, i, j, k] = bias[k] + sum over r, s, c of x[n, i stride + r - padding, j stride + s - padding, c] filter[k,
     * r, s, c], where x is zero outside. The gradients of filter and bias are FLOAT32.
     *
     * @param x (N, H, W, C)
     * @param filter (K, R, S, C), of the type of x: in 16 bits {@link Graph#rounded}
     * @param bias FLOAT32 (K), or null
     * @return (N, floor((H + 2 padding - R) / stride) + 1, the same of W and S, K)
     */
    public static Tensor apply(Graph graph, Tensor x, Tensor filter, Tensor bias, int stride, int padding) {
        ConvolutionShape shape = shape(Require.stored("a convolution", x, filter), x, filter, bias, stride, padding);
        Tensor y = graph.activation(
                "convolution", shape.type(), Shape.of(shape.n(), shape.outputH(), shape.outputW(), shape.k()));
        LibraryOperation.of(
                        "convolution_forward",
                        dnn -> dnn.convolutionForward(shape, bias != null, false, Activation.NONE),
                        x,
                        filter,
                        bias,
                        null,
                        y)
                .reads(x, filter, bias)
                .writes(y)
                .prepares(filter)
                .attribute("stride", stride)
                .attribute("padding", padding)
                .gradient((g, gradients, needed) -> backward(g, shape, x, filter, bias, gradients.get(0), needed))
                .appendTo(graph);
        return y;
    }

    /**
     * activation(convolution + bias + residual) in one pass, for inference: it cannot be differentiated.
     *
     * @param residual of the output's shape, or null
     */
    public static Tensor fused(
            Graph graph,
            Tensor x,
            Tensor filter,
            Tensor bias,
            Tensor residual,
            Activation activation,
            int stride,
            int padding) {
        ConvolutionShape shape = shape(Require.stored("a convolution", x, filter), x, filter, bias, stride, padding);
        Shape output = output("a convolution", shape, residual);
        Tensor y = graph.activation("convolution_fused", shape.type(), output);
        LibraryOperation.of(
                        "convolution_fused",
                        dnn -> dnn.convolutionForward(shape, bias != null, residual != null, activation),
                        x,
                        filter,
                        bias,
                        residual,
                        y)
                .reads(x, filter, bias, residual)
                .writes(y)
                .prepares(filter)
                .attribute("stride", stride)
                .attribute("padding", padding)
                .appendTo(graph);
        return y;
    }

    private static List<Tensor> backward(
            Graph graph, ConvolutionShape shape, Tensor x, Tensor filter, Tensor bias, Tensor dy, boolean[] needed) {
        List<Tensor> result = new ArrayList<>();
        Tensor dx = null;
        if (needed[0]) {
            dx = graph.activation("d_" + x.name(), x.type(), x.shape());
            LibraryOperation.of("convolution_backward_data", dnn -> dnn.convolutionBackwardData(shape), dy, filter, dx)
                    .reads(dy, filter)
                    .writes(dx)
                    .appendTo(graph);
        }
        result.add(dx);
        boolean withBias = bias != null && needed[2];
        Tensor dFilter = null;
        Tensor dBias = null;
        if (needed[1] || withBias) {
            dFilter = graph.activation("d_" + filter.name(), filter.shape());
            dBias = withBias ? graph.activation("d_" + bias.name(), bias.shape()) : null;
            LibraryOperation.of(
                            "convolution_backward_filter",
                            dnn -> dnn.convolutionBackwardFilter(shape, withBias),
                            x,
                            dy,
                            dFilter,
                            dBias)
                    .reads(x, dy)
                    .writes(dFilter, dBias)
                    .appendTo(graph);
        }
        result.add(dFilter);
        if (bias != null) {
            result.add(dBias);
        }
        return result;
    }

    /** The output's shape. A residual, which may be null, must have it, and the type of {@code shape}. */
    static Shape output(String name, ConvolutionShape shape, Tensor residual) {
        Shape output = Shape.of(shape.n(), shape.outputH(), shape.outputW(), shape.k());
        if (residual != null && (!residual.shape().equals(output) || residual.type() != shape.type())) {
            throw new IllegalArgumentException(
                    "the residual " + residual + " of " + name + " must be " + shape.type() + output);
        }
        return output;
    }

    /** The sizes of a convolution after all checks but those of the types of x and filter. */
    static ConvolutionShape shape(DataType type, Tensor x, Tensor filter, Tensor bias, int stride, int padding) {
        if (x.shape().rank() != 4
                || filter.shape().rank() != 4
                || x.shape().dim(3) != filter.shape().dim(3)) {
            throw new IllegalArgumentException(
                    "a convolution takes (N, H, W, C) and (K, R, S, C) with the same C, not " + x + " and " + filter);
        }
        if (bias != null && !bias.shape().equals(Shape.of(filter.shape().dim(0)))) {
            throw new IllegalArgumentException(
                    "the bias " + bias + " must be (" + filter.shape().dim(0) + "), one for each filter of " + filter);
        }
        if (bias != null) {
            Require.float32("a convolution", bias);
        }
        if (stride < 1 || padding < 0) {
            throw new IllegalArgumentException("a convolution with stride " + stride + " and padding " + padding
                    + ": the stride must be at least 1, the padding at least 0");
        }
        ConvolutionShape shape = new ConvolutionShape(
                x.shape().dim(0),
                x.shape().dim(1),
                x.shape().dim(2),
                x.shape().dim(3),
                filter.shape().dim(0),
                filter.shape().dim(1),
                filter.shape().dim(2),
                stride,
                padding,
                type);
        if (x.elements() == 0
                || filter.elements() == 0
                || shape.h() + 2 * padding < shape.r()
                || shape.w() + 2 * padding < shape.s()) {
            throw new IllegalArgumentException("a convolution of " + x + " with " + filter + " and padding " + padding
                    + " has no output: make the image at least as large as the filter");
        }
        return shape;
    }
}
