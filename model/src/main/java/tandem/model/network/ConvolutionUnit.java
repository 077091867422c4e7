package tandem.model.network;

/**
 * A convolution followed by batch normalization, by the names of its variables.
 *
 * @param convolution prefix of {@code .weight} (K, R, S, C) and {@code .bias} (K)
 * @param normalization prefix of {@code .weight}, {@code .bias}, {@code .running_mean} and {@code .running_var}, each
 *     (K)
 * @param outputs output channels K
 * @param window filter size, odd; the padding is half of it
 * @param stride step along both axes
 * @param part where it is in the network
 */
record ConvolutionUnit(String convolution, String normalization, int outputs, int window, int stride, Part part) {

    /** The parts of a network whose units differ in bias or initial weights. */
    enum Part {
        /** The encoder, except {@link #BLOCK_END}. */
        ENCODER,
        /** The last convolution of a residual block, whose result is added to the shortcut. */
        BLOCK_END,
        /** Neck, towers and segmentation head. */
        NECK_OR_HEAD
    }

    /** A convolution of the encoder, under torchvision's names, without bias. */
    static ConvolutionUnit encoder(String convolution, String normalization, int outputs, int window, int stride) {
        return new ConvolutionUnit(
                "encoder." + convolution, "encoder." + normalization, outputs, window, stride, Part.ENCODER);
    }

    /** A convolution of neck or heads, with bias. */
    static ConvolutionUnit basic(String name, int outputs, int window, int stride) {
        return new ConvolutionUnit(name + ".conv", name + ".bn", outputs, window, stride, Part.NECK_OR_HEAD);
    }

    /** The same as the end of a residual block. */
    ConvolutionUnit blockEnd() {
        return new ConvolutionUnit(convolution, normalization, outputs, window, stride, Part.BLOCK_END);
    }

    /**
     * Whether the convolution has a bias. Batch normalization cancels it, so its gradient is zero and it is not
     * trained.
     */
    boolean bias() {
        return part == Part.NECK_OR_HEAD;
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
