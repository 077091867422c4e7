package tandem.model.network;

import tandem.engine.Variables.Initializer;

/**
 * A convolution followed by batch normalization, by the names of its variables.
 *
 * @param convolution prefix of {@code .weight} (K, R, S, C) and {@code .bias} (K)
 * @param normalization prefix of {@code .weight}, {@code .bias}, {@code .running_mean} and {@code .running_var}, each
 *     (K)
 * @param outputs output channels K
 * @param window filter size, odd; the padding is half of it
 * @param stride step along both axes
 * @param bias whether the convolution has a bias. Batch normalization cancels it, so its gradient is zero and it is not
 *     trained
 * @param filter initial values of the filter
 */
record ConvolutionUnit(
        String convolution,
        String normalization,
        int outputs,
        int window,
        int stride,
        boolean bias,
        Initializer filter) {

    /** A convolution of the encoder, under torchvision's names, without bias. */
    static ConvolutionUnit encoder(String convolution, String normalization, int outputs, int window, int stride) {
        return new ConvolutionUnit(
                "encoder." + convolution,
                "encoder." + normalization,
                outputs,
                window,
                stride,
                false,
                Initializer.heFanOut());
    }

    /** A convolution of neck or heads, with bias. */
    static ConvolutionUnit basic(String name, int outputs, int window, int stride) {
        return new ConvolutionUnit(name + ".conv", name + ".bn", outputs, window, stride, true, FanIn.INITIALIZER);
    }

    int padding() {
        return window / 2;
    }

    String filterName() {
        return convolution + ".weight";
    }

    String biasName() {
        return convolution + ".bias";
    }

    String gammaName() {
        return normalization + ".weight";
    }

    String betaName() {
        return normalization + ".bias";
    }

    String meanName() {
        return normalization + ".running_mean";
    }

    String varianceName() {
        return normalization + ".running_var";
    }
}
