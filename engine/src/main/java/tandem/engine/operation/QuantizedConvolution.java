package tandem.engine.operation;

import java.util.Optional;
import tandem.engine.Activation;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.QuantizedShape;
import tandem.engine.Graph;
import tandem.engine.LibraryOperation;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * Two-dimensional convolution on bytes, for inference: it cannot be differentiated, and only devices whose
 * {@link tandem.engine.Dnn#maxFilterByte} is not 0 have it.
 */
public final class QuantizedConvolution {

    private QuantizedConvolution() {}

    /** {@code x}, FLOAT32, as bytes: UINT8 of the same shape. */
    public static Tensor quantize(Graph graph, Tensor x, Quantization to) {
        Require.float32("quantize", x);
        Tensor y = graph.activation(x.name(), DataType.UINT8, x.shape());
        LibraryOperation.of("quantize", dnn -> dnn.quantize(x.elements(), to), x, y)
                .reads(x)
                .writes(y)
                .attribute("scale", to.scale())
                .attribute("zeroPoint", to.zeroPoint())
                .appendTo(graph);
        return y;
    }

    /**
     * activation(convolution + bias + residual), as {@link Convolution#fused}, with the products of bytes: each filter
     * is rounded to integers times its scale.
     *
     * @param x UINT8 (N, H, W, C)
     * @param input what the bytes of x mean
     * @param filter FLOAT32 (K, R, S, C)
     * @param scale FLOAT32 (K), so that filter[k] / scale[k] has no magnitude above
     *     {@link tandem.engine.Dnn#maxFilterByte}
     * @param bias FLOAT32 (K), or null
     * @param residual of the output's shape, or null
     * @param residualBytes what the bytes of a UINT8 residual mean; empty for a FLOAT32 residual, or none
     * @param output what the bytes of the result mean; empty for a FLOAT32 result
     */
    public static Tensor apply(
            Graph graph,
            Tensor x,
            Quantization input,
            Tensor filter,
            Tensor scale,
            Tensor bias,
            Tensor residual,
            Optional<Quantization> residualBytes,
            Activation activation,
            int stride,
            int padding,
            Optional<Quantization> output) {
        String name = "a quantized convolution";
        Require.type(name, x, DataType.UINT8);
        Require.float32(name, filter, scale);
        ConvolutionShape sizes = Convolution.shape(DataType.FLOAT32, x, filter, bias, stride, padding);
        if (!scale.shape().equals(Shape.of(sizes.k()))) {
            throw new IllegalArgumentException(
                    "the scales " + scale + " must be (" + sizes.k() + "), one for each filter of " + filter);
        }
        DataType residualType = residualBytes.isPresent() ? DataType.UINT8 : DataType.FLOAT32;
        Shape shape = Convolution.output(name, sizes.as(residualType), residual);
        QuantizedShape quantized =
                new QuantizedShape(sizes, input, bias != null, residual != null, residualBytes, activation, output);
        Tensor y = graph.activation(
                "convolution_quantized", output.isPresent() ? DataType.UINT8 : DataType.FLOAT32, shape);
        LibraryOperation.of(
                        "convolution_quantized",
                        dnn -> dnn.quantizedConvolution(quantized),
                        x,
                        filter,
                        scale,
                        bias,
                        residual,
                        y)
                .reads(x, filter, scale, bias, residual)
                .writes(y)
                .prepares(filter)
                .attribute("stride", stride)
                .attribute("padding", padding)
                .appendTo(graph);
        return y;
    }
}
