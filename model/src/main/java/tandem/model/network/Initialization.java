package tandem.model.network;

import tandem.engine.Variables.Initializer;

/**
 * The initial weights of a network. Common to all: filters of the encoder are He-normal in fan-out mode (He et al.
 * 2015, equation 14), the last layers of the detection towers are N(0, 0.01) with the prior of the focal loss in the
 * bias of the class scores, scales of normalizations are 1, and all other biases are 0. {@code bench/results/parity.md}
 * and {@code bench/initial-weights} compare them.
 */
public enum Initialization {
    /**
     * Filters of neck and heads as those of the encoder; the last layer of the segmentation head uniform in fan-in
     * mode, PyTorch's default for a convolution.
     */
    KAIMING,
    /**
     * As {@link #KAIMING}, but the last scale of each residual block is 0, so that each block starts as its shortcut
     * (Goyal et al. 2017, section 5.1).
     */
    ZERO_RESIDUAL,
    /**
     * Filters of neck and heads uniform in fan-in mode; the last layer of the segmentation head N(0, 0.01); multas-spec
     * 1.4 and 1.5. Files of settings before version 4 imply it.
     */
    PUBLISHED;

    /** Of every last layer of the detection towers. */
    static final Initializer DETECTION_OUTPUT = Initializer.normal(0.01);

    /** Of the filter (K, R, S, C) of a convolution with normalization. */
    Initializer filter(ConvolutionUnit unit) {
        return this == PUBLISHED && unit.part() == ConvolutionUnit.Part.NECK_OR_HEAD
                ? Initializer.uniformFanIn()
                : Initializer.heFanOut();
    }

    /** Of the scale (K) of its normalization. */
    Initializer scale(ConvolutionUnit unit) {
        return Initializer.constant(this == ZERO_RESIDUAL && unit.part() == ConvolutionUnit.Part.BLOCK_END ? 0 : 1);
    }

    /** Of the filter of the last layer of the segmentation head. */
    Initializer segmentationOutput() {
        return this == PUBLISHED ? Initializer.normal(0.01) : Initializer.uniformFanIn();
    }
}
