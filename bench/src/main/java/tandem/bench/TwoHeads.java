package tandem.bench;

import java.util.List;
import tandem.model.network.EncoderType;
import tandem.model.network.NeckType;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;

/** The network and batch that training steps are compared with: ResNet-18 with stem pooling, FPN, both heads. */
public final class TwoHeads {

    /** Images of a step. */
    public static final int BATCH = 4;
    /** Rows and columns of an image. */
    public static final int SIDE = 256;
    /** Boxes of each image. */
    public static final int BOXES = 4;

    private TwoHeads() {}

    /** Published widths; six classes of boxes and six of masks. */
    public static NetworkSettings settings() {
        List<String> classes = List.of("a", "b", "c", "d", "e", "f");
        return new NetworkSettings(
                EncoderType.RESNET18,
                64,
                true,
                NeckType.FPN,
                256,
                SegmentationType.LIGHT,
                128,
                classes,
                classes,
                SIDE,
                24);
    }
}
