package tandem.engine.cpu;

import java.util.Locale;
import java.util.Optional;
import tandem.engine.ConvolutionKind;
import tandem.engine.Dnn.ConvolutionShape;

/** The ways to compute a convolution on the CPU. */
public enum ConvolutionAlgorithm {
    /** oneDNN's direct convolution on (N, H, W, C). */
    DIRECT,
    /** oneDNN's direct convolution in the layouts of its choice, with the rearrangements from and to (N, H, W, C). */
    BLOCKED,
    /** Winograd's F(2 x 2, 3 x 3), which multiplies 2.25 times less often. */
    WINOGRAD2,
    /** Winograd's F(4 x 4, 3 x 3), which multiplies 4 times less often. */
    WINOGRAD4,
    /** One matrix product, for 1 x 1 filters with stride 1. */
    PRODUCT;

    /** With fewer channels the transforms take longer than the multiplications that they save. */
    private static final int MIN_CHANNELS = 32;

    /** Share of the pixels of tiles that may lie outside of the image before smaller tiles are tried. */
    private static final double MAX_WASTE = 0.3;

    /** Its name in files and settings: lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The algorithm of that name, if there is one. */
    public static Optional<ConvolutionAlgorithm> of(String text) {
        for (ConvolutionAlgorithm algorithm : values()) {
            if (algorithm.text().equals(text)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** Whether it can compute such a convolution. */
    boolean fits(CpuConvolution convolution) {
        ConvolutionShape shape = convolution.shape();
        return switch (this) {
            case DIRECT -> true;
            case BLOCKED -> !convolution.residual();
            case WINOGRAD2 -> WinogradConvolution.fits(convolution, 2);
            case WINOGRAD4 -> WinogradConvolution.fits(convolution, 4);
            case PRODUCT -> shape.r() == 1 && shape.s() == 1 && shape.stride() == 1 && shape.padding() == 0;
        };
    }

    /**
     * Whether it may be the fastest, so that it is measured. Forward convolutions of one image must not use the threads
     * of oneDNN, as those of the device would have to sleep, which delays all other operations of the frame.
     */
    boolean mayWin(CpuConvolution convolution) {
        ConvolutionShape shape = convolution.shape();
        ConvolutionKind kind = convolution.kind();
        boolean deep = Math.min(shape.c(), shape.k()) >= MIN_CHANNELS;
        boolean ofOneImage = kind == ConvolutionKind.FORWARD && shape.n() == 1;
        boolean data = kind == ConvolutionKind.BACKWARD_DATA;
        double waste = waste(4, data ? shape.h() : shape.outputH(), data ? shape.w() : shape.outputW());
        return switch (this) {
            case DIRECT -> true;
            case BLOCKED -> true;
            case WINOGRAD2 -> deep && (waste > MAX_WASTE || convolution.prepared());
            case WINOGRAD4 -> deep;
            case PRODUCT -> !ofOneImage && (deep || kind != ConvolutionKind.FORWARD);
        };
    }

    /** Values of a 3 x 3 filter after the transform that is done once for inference; 0 without one. */
    int filterMatrices() {
        return switch (this) {
            case WINOGRAD2 -> 16;
            case WINOGRAD4 -> 36;
            case DIRECT, BLOCKED, PRODUCT -> 0;
        };
    }

    private static double waste(int size, int h, int w) {
        double tiles = (double) ((h + size - 1) / size) * ((w + size - 1) / size);
        return 1 - (double) h * w / (tiles * size * size);
    }
}
