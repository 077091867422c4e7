package tandem.bench;

import java.util.List;
import tandem.model.network.NetworkSettings;

/** The network and batch of the training step benchmarks: ResNet-18 with stem pooling, FPN, both heads. */
public final class TwoHeads {

    /** Batch size. */
    public static final int BATCH = 4;
    /** Height and width of an image in pixels. */
    public static final int IMAGE_SIZE = 256;
    /** Boxes of each image. */
    public static final int BOXES = 4;

    private TwoHeads() {}

    /** Published widths; six box classes and six mask classes. */
    public static NetworkSettings settings() {
        List<String> classes = List.of("a", "b", "c", "d", "e", "f");
        return NetworkSettings.standard(classes, classes, IMAGE_SIZE).withStemPooling(true);
    }
}
