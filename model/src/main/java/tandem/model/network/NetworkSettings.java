package tandem.model.network;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;
import tandem.model.image.Downscale;
import tandem.model.image.Fit;
import tandem.model.image.ImageConversion;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;

/**
 * The settings that define a network's variables, their shapes and their initial weights. Every checkpoint contains
 * them.
 *
 * @param encoder the residual network
 * @param encoderChannels channels after the first convolution; 64 is the published width, later stages have 2, 4, 8
 *     times it
 * @param stemPooling whether a 3x3 max-pool of stride 2 follows the first convolution, as in torchvision; without it
 *     (the published network) every stage has twice the resolution
 * @param neck how pyramid levels are combined
 * @param neckChannels channels of every pyramid level and of the detection towers; 256 published
 * @param segmentation resolution of the segmentation head
 * @param segmentationChannels channels inside the segmentation head; 128 published
 * @param boxClasses names of the classes of boxes, label 0 first; empty for a network without detection
 * @param maskClasses names of the classes of masks without the background, which is channel 0; the first name is
 *     channel 1; empty for a network without segmentation
 * @param inputSize columns and rows of the input image; multiples of 32, at least 64
 * @param anchorBase height and width in pixels of the smallest anchor at the finest level; 24 published
 * @param maxPixels images with more pixels are made smaller by {@link tandem.model.image.Downscale}, wherever the
 *     network is trained or used; files of the first format imply the default, which training used then
 * @param initialization the initial weights
 * @param sampleBits bits that images of 16 bits use, see {@link ImageConversion#sampleBits}
 * @param fit how images of another shape than the input's are placed on it
 * @param crops whether training reads parts of images at full resolution, of the size of the input, and every use of
 *     the network divides images into tiles of this size; {@code fit} then has no effect
 * @param coveredWidth image columns that the input covered in training, their median; 0 when it is not recorded
 * @param coveredHeight image rows, likewise
 */
@RecordBuilder
public record NetworkSettings(
        @Setting(
                value = "resnet18",
                option = "--encoder",
                param = "NAME",
                order = 22,
                help = "resnet18, resnet34 or resnet50.")
        EncoderType encoder,

        @Setting(
                value = "64",
                option = "--encoder-channels",
                param = "N",
                order = 23,
                help = "Channels after the first convolution.")
        int encoderChannels,

        @Setting(
                value = "false",
                option = "--stem-pooling",
                order = 24,
                help = "Pool after the first convolution, as torchvision does: a quarter of the work, coarser maps.")
        boolean stemPooling,

        @Setting(value = "fpn", option = "--neck", param = "NAME", order = 25, help = "fpn or pafpn.")
        NeckType neck,

        @Setting(
                value = "256",
                option = "--neck-channels",
                param = "N",
                order = 26,
                help = "Channels of every pyramid level.")
        int neckChannels,

        @Setting(
                value = "light",
                option = "--segmentation",
                param = "NAME",
                order = 27,
                help = "light (works at a quarter of the resolution) or published (at full resolution).")
        SegmentationType segmentation,

        @Setting(
                value = "128",
                option = "--segmentation-channels",
                param = "N",
                order = 28,
                help = "Channels of the segmentation head.")
        int segmentationChannels,

        @Setting List<String> boxClasses,
        @Setting List<String> maskClasses,
        @Setting(was = "inputSide", until = 2) PixelSize inputSize,

        @Setting(
                value = "24",
                option = "--anchor-base",
                param = "PIXELS",
                order = 29,
                help = "Height and width of the smallest anchor.")
        float anchorBase,

        @Setting(
                value = "" + NetworkSettings.DEFAULT_MAX_PIXELS,
                option = "--max-pixels",
                param = "N",
                order = 29,
                since = 2,
                help = "Images with more pixels are made smaller by a whole factor before they are scaled to the "
                        + "network's input, in training and in every use of the network.")
        int maxPixels,

        @Setting(
                value = "kaiming",
                option = "--initialization",
                param = "NAME",
                order = 29,
                since = 4,
                implied = "published",
                help = "Initial weights: kaiming; zero_residual (the same, and each residual block starts as its "
                        + "shortcut); published (smaller weights of neck and heads).")
        Initialization initialization,

        @Setting(
                value = "16",
                option = "--sample-bits",
                param = "N",
                order = 29,
                since = 5,
                help = "Bits that images of 16 bits use, 8 to 16: 12 for values up to 4095, which become 0 to 255.")
        int sampleBits,

        @Setting(
                value = "stretch",
                option = "--fit",
                param = "NAME",
                order = 21,
                since = 6,
                help =
                        "How images whose shape is not that of the input are placed on it, in training and in every use "
                                + "of the network: stretch, or letterbox (one factor for columns and rows, gray beside the image).")
        Fit fit,

        @Setting(
                value = "false",
                option = "--crops",
                order = 21,
                since = 6,
                help = "Train on parts of images at full resolution, as large as the input, around objects and "
                        + "background; every use of the network then divides images into tiles of this size.")
        boolean crops,

        @Setting(value = "0", since = 6) int coveredWidth,
        @Setting(value = "0", since = 6) int coveredHeight)
        implements NetworkSettingsBuilder.With {

    /** The version of these settings in files; changes with their declarations. */
    public static final int SCHEMA = 6;
    /** The default of {@link #maxPixels}: 1 Mi. */
    public static final int DEFAULT_MAX_PIXELS = 1 << 20;
    /** Rows and columns of an input are multiples of it. */
    public static final int INPUT_MULTIPLE = 32;
    /** The smallest number of rows or columns of an input. */
    public static final int MIN_INPUT = 64;
    /** Stride of the finest pyramid level. */
    public static final int FINEST_STRIDE = 8;
    /** Anchors at each cell of each level. */
    public static final int ANCHORS_PER_CELL = 6;

    /** Rejects invalid settings. */
    public NetworkSettings {
        if (encoder == null || neck == null || segmentation == null || initialization == null || fit == null) {
            throw new IllegalArgumentException(
                    "network settings must name encoder, neck, segmentation head, initialization and fit");
        }
        atLeastOne("encoderChannels", encoderChannels);
        atLeastOne("neckChannels", neckChannels);
        atLeastOne("segmentationChannels", segmentationChannels);
        atLeastOne("maxPixels", maxPixels);
        if (sampleBits < 8 || sampleBits > ImageConversion.FULL_BITS) {
            throw new IllegalArgumentException("sampleBits must be 8 to 16, not " + sampleBits);
        }
        if (inputSize == null) {
            throw new IllegalArgumentException("network settings must contain the input size");
        }
        checkInputSize(inputSize);
        if (coveredWidth < 0 || coveredHeight < 0 || coveredWidth == 0 != (coveredHeight == 0)) {
            throw new IllegalArgumentException("the input cannot have covered " + coveredWidth + " x " + coveredHeight
                    + " image pixels; both must be positive, or 0");
        }
        if (!(anchorBase > 0) || Float.isInfinite(anchorBase)) {
            throw new IllegalArgumentException("anchorBase must be a positive number of pixels, not " + anchorBase);
        }
        boxClasses = unique("boxClasses", boxClasses);
        maskClasses = unique("maskClasses", maskClasses);
        if (boxClasses.isEmpty() && maskClasses.isEmpty()) {
            throw new IllegalArgumentException(
                    "a network needs box classes, mask classes or both; both lists are empty");
        }
    }

    /** The published ResNet-18 network with an FPN, its segmentation head at stride 4. */
    public static NetworkSettings standard(List<String> boxClasses, List<String> maskClasses, int inputSize) {
        return standard(boxClasses, maskClasses, PixelSize.square(inputSize));
    }

    /** The same for an input that need not be square. */
    public static NetworkSettings standard(List<String> boxClasses, List<String> maskClasses, PixelSize inputSize) {
        return SettingsRecord.defaults(
                NetworkSettings.class,
                Map.of("boxClasses", boxClasses, "maskClasses", maskClasses, "inputSize", inputSize));
    }

    /**
     * A network for a machine without a GPU: ResNet-18 with stem pooling and a quarter of the published work per layer.
     */
    public static NetworkSettings small(List<String> boxClasses, List<String> maskClasses, int inputSize) {
        return small(boxClasses, maskClasses, PixelSize.square(inputSize));
    }

    /** The same for an input that need not be square. */
    public static NetworkSettings small(List<String> boxClasses, List<String> maskClasses, PixelSize inputSize) {
        return standard(boxClasses, maskClasses, inputSize)
                .with(change -> change.encoderChannels(32)
                        .stemPooling(true)
                        .neckChannels(64)
                        .segmentationChannels(64));
    }

    /** Checks an input size: the network's own, or another one in multi-scale training. */
    public static void checkInputSize(PixelSize size) {
        checkInputSize(size, size.width());
        checkInputSize(size, size.height());
    }

    private static void checkInputSize(PixelSize size, int pixels) {
        if (pixels < MIN_INPUT || pixels % INPUT_MULTIPLE != 0) {
            throw new IllegalArgumentException("the input size must be a multiple of 32 and at least 64, not " + size);
        }
    }

    /** These settings with a square input. */
    public NetworkSettings withInputSize(int size) {
        return withInputSize(PixelSize.square(size));
    }

    /** How images become the pixels that the network reads. */
    public ImageConversion conversion() {
        return new ImageConversion(
                maxPixels, sampleBits, crops ? new Placement.Part(inputSize) : Placement.of(fit, inputSize));
    }

    /** The image pixels that the input covered in training: the size of tiles. Empty when it is not recorded. */
    public Optional<PixelSize> covered() {
        return crops
                ? Optional.of(inputSize)
                : coveredWidth == 0 ? Optional.empty() : Optional.of(new PixelSize(coveredWidth, coveredHeight));
    }

    /**
     * These settings with the covered image pixels for training images of this size.
     *
     * @param size their median size
     */
    public NetworkSettings trainedOn(PixelSize size) {
        // A tile is not downscaled, so it has at most the pixels of the limit.
        if (crops || Downscale.of(size.width(), size.height(), maxPixels).factor() > 1) {
            return this;
        }
        PixelSize extent = conversion().placement().extent(size.width(), size.height());
        return with(change -> change.coveredWidth(extent.width()).coveredHeight(extent.height()));
    }

    /** Whether it has a detection head. */
    public boolean detects() {
        return !boxClasses.isEmpty();
    }

    /** Whether it has a segmentation head. */
    public boolean segments() {
        return !maskClasses.isEmpty();
    }

    /** Channels of the segmentation logits: the background and every mask class. */
    public int maskChannels() {
        return maskClasses.size() + 1;
    }

    /** Pyramid levels, of stride 8, 16, 32, ...: 4 for an input of fewer than 512 columns and rows, else 5. */
    public int levels() {
        return inputSize.longer() < 512 ? 4 : 5;
    }

    /**
     * Rows of pyramid level {@code level} for an input of {@code size} rows, or columns for columns: ceil(size / 2^(3 +
     * level)).
     */
    public static int levelSize(int size, int level) {
        int stride = FINEST_STRIDE << level;
        return (size + stride - 1) / stride;
    }

    /** Pixels between neighboring cells of each pyramid level, finest first. */
    public List<Integer> strides() {
        return IntStream.range(0, levels())
                .mapToObj(level -> FINEST_STRIDE << level)
                .toList();
    }

    /** Anchors in an image of {@code size} x {@code size} pixels, all levels together. */
    public int anchors(int size) {
        return anchors(PixelSize.square(size));
    }

    /** Anchors in an input of this size, all levels together. */
    public int anchors(PixelSize size) {
        int sum = 0;
        for (int level = 0; level < levels(); level++) {
            sum += levelSize(size.width(), level) * levelSize(size.height(), level) * ANCHORS_PER_CELL;
        }
        return sum;
    }

    /** These settings for another task set: a list left empty removes that head. */
    public NetworkSettings withClasses(List<String> boxes, List<String> masks) {
        return with(change -> change.boxClasses(boxes).maskClasses(masks));
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }

    private static List<String> unique(String name, List<String> classes) {
        List<String> copy = classes == null ? List.of() : List.copyOf(classes);
        if (new HashSet<>(copy).size() != copy.size()) {
            throw new IllegalArgumentException(name + " names a class twice: " + copy);
        }
        return copy;
    }
}
