package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.Dnn.ConvolutionShape;

/**
 * A convolution with what is fused to it. Bias, residual and activation belong to the forward kind; bias alone may go
 * with the filter's gradient.
 */
record CpuConvolution(
        ConvolutionKind kind, ConvolutionShape shape, boolean bias, boolean residual, Activation activation) {

    // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
    @Override
    public boolean equals(Object other) {
        return other instanceof CpuConvolution that
                && kind == that.kind
                && bias == that.bias
                && residual == that.residual
                && shape.equals(that.shape)
                && activation.equals(that.activation);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + kind.ordinal();
    }

    static CpuConvolution of(ConvolutionKind kind, ConvolutionShape shape, boolean bias) {
        return new CpuConvolution(kind, shape, bias, false, Activation.NONE);
    }

    /** Whether its filter is arranged once, before all runs: fused convolutions are those of inference. */
    boolean prepared() {
        return kind == ConvolutionKind.FORWARD && (residual || activation.present());
    }

    /** The same on an image of 16 x 16 pixels with 32 channels, to run code that is to be compiled. */
    CpuConvolution small() {
        ConvolutionShape other = new ConvolutionShape(1, 16, 16, 32, 32, shape.r(), shape.s(), 1, shape.padding());
        return new CpuConvolution(kind, other, bias, residual, activation);
    }

    /** Elements of each argument, in the order of the method of {@link tandem.engine.Dnn}; 0 for one that is absent. */
    List<Long> arguments() {
        long biases = bias ? shape.k() : 0;
        List<Long> sizes = new ArrayList<>();
        switch (kind) {
            case FORWARD ->
                sizes.addAll(List.of(
                        shape.inputElements(),
                        shape.filterElements(),
                        biases,
                        residual ? shape.outputElements() : 0,
                        shape.outputElements()));
            case BACKWARD_DATA ->
                sizes.addAll(List.of(shape.outputElements(), shape.filterElements(), shape.inputElements()));
            case BACKWARD_FILTER ->
                sizes.addAll(List.of(shape.inputElements(), shape.outputElements(), shape.filterElements(), biases));
        }
        return sizes;
    }

    /** What it computes, as part of the key of its choice. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + shape.n() + "x" + shape.h() + "x" + shape.w() + "x"
                + shape.c() + " filter " + shape.k() + "x" + shape.r() + "x" + shape.s() + " stride " + shape.stride()
                + " padding " + shape.padding() + (bias ? " bias" : "") + (residual ? " residual" : "")
                + (activation.present() ? " slope " + activation.slope() : "")
                + (prepared() ? " in a frame" : "");
    }
}
