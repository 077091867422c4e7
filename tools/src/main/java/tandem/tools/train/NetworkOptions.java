package tandem.tools.train;

import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.network.EncoderType;
import tandem.model.network.NeckType;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;
import tandem.tools.InputException;

/** The network's shape: a preset and what differs from it. */
public final class NetworkOptions {

    /** Where to start from. */
    enum Preset {
        /** For a machine without a GPU. */
        SMALL,
        /** The published network. */
        STANDARD
    }

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "small",
            order = 20,
            description =
                    "small: ResNet-18 of half width with stem pooling, for a machine without a GPU; standard: the published "
                            + "network. Default: ${DEFAULT-VALUE}.")
    private Preset preset;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "224",
            order = 21,
            description = "Rows and columns that images are scaled to; a multiple of 32. Default: ${DEFAULT-VALUE}.")
    private int side;

    @Option(names = "--encoder", paramLabel = "NAME", order = 22, description = "resnet18, resnet34 or resnet50.")
    private EncoderType encoder;

    @Option(
            names = "--encoder-channels",
            paramLabel = "N",
            order = 23,
            description = "Channels after the first convolution.")
    private Integer encoderChannels;

    @Option(
            names = "--stem-pooling",
            negatable = true,
            order = 24,
            description = "Pool after the first convolution, as torchvision does: a quarter of the work, coarser maps.")
    private Boolean stemPooling;

    @Option(names = "--neck", paramLabel = "NAME", order = 25, description = "fpn or pafpn.")
    private NeckType neck;

    @Option(names = "--neck-channels", paramLabel = "N", order = 26, description = "Channels of every pyramid level.")
    private Integer neckChannels;

    @Option(
            names = "--segmentation",
            paramLabel = "NAME",
            order = 27,
            description = "light (works at a quarter of the resolution) or published (at full resolution).")
    private SegmentationType segmentation;

    @Option(
            names = "--segmentation-channels",
            paramLabel = "N",
            order = 28,
            description = "Channels of the segmentation head.")
    private Integer segmentationChannels;

    @Option(names = "--anchor-base", paramLabel = "PIXELS", order = 29, description = "Side of the smallest anchor.")
    private Float anchorBase;

    /**
     * The network for these classes; an empty list leaves out a head.
     *
     * @throws InputException for settings that no network can have
     */
    public NetworkSettings settings(List<String> boxClasses, List<String> maskClasses) {
        try {
            return merged(boxClasses, maskClasses);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    private NetworkSettings merged(List<String> boxClasses, List<String> maskClasses) {
        NetworkSettings base = preset == Preset.SMALL
                ? NetworkSettings.small(boxClasses, maskClasses, side)
                : NetworkSettings.standard(boxClasses, maskClasses, side);
        return new NetworkSettings(
                or(encoder, base.encoder()),
                or(encoderChannels, base.encoderChannels()),
                or(stemPooling, base.stemPooling()),
                or(neck, base.neck()),
                or(neckChannels, base.neckChannels()),
                or(segmentation, base.segmentation()),
                or(segmentationChannels, base.segmentationChannels()),
                boxClasses,
                maskClasses,
                side,
                or(anchorBase, base.anchorBase()));
    }

    static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
