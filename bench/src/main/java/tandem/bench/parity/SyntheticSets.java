package tandem.bench.parity;

import java.nio.file.Path;
import tandem.model.synthetic.SyntheticInspection;

/**
 * Writes two synthetic data sets below a folder: {@code synthetic}, the images of the demo, and {@code small-objects},
 * in which defects have a third of that extent relative to the image.
 */
public final class SyntheticSets {

    private SyntheticSets() {}

    /** Arguments: the folder, the number of training images, the number of held-out images. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        int train = Integer.parseInt(arguments[1]);
        int heldOut = Integer.parseInt(arguments[2]);
        new SyntheticInspection(160, 160, train, heldOut, 1.5, 1, 0).write(folder.resolve("synthetic"));
        new SyntheticInspection(256, 256, train, heldOut, 0.5, 1, 0).write(folder.resolve("small-objects"));
    }
}
