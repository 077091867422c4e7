package tandem.model.monitor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import tandem.model.image.RgbRows;
import tandem.model.inference.Inspection;
import tandem.model.network.NetworkSettings;

/**
 * What drift statistics use of one frame: its brightness, the score of the best box, and which classes were found. It
 * is reusable, and belongs to one thread at a time.
 *
 * <p>Brightness is the mean luma (ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue), 0 to 255, of at most 32 x 64
 * pixels, evenly spread. A class of masks is found when one of at most 128 x 128 pixels, evenly spread, has it. Frames
 * of one size are sampled at the same pixels, so rates can be compared.
 */
public final class DriftFrame {

    /** Minimum score of a box that counts as found. */
    public static final double MIN_SCORE = 0.3;

    private static final int ROWS = 32;
    private static final int COLUMNS = 64;
    private static final int MASK_SAMPLES = 128;

    final boolean[] boxes;
    final boolean[] masks;
    double brightness;
    double score;
    private byte[] row = new byte[0];

    /** For frames of a network with these settings. */
    public DriftFrame(NetworkSettings settings) {
        this(
                settings.detects() ? settings.boxClasses().size() : 0,
                settings.segments() ? settings.maskClasses().size() : 0);
    }

    DriftFrame(int boxClasses, int maskClasses) {
        boxes = new boolean[boxClasses];
        masks = new boolean[maskClasses];
    }

    /** Reads the brightness. */
    public void read(RgbRows image, int width, int height) {
        if (row.length < 3 * width) {
            row = new byte[3 * width];
        }
        int rows = Math.min(ROWS, height);
        int columns = Math.min(COLUMNS, width);
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            image.read(sample(i, rows, height), row, 0);
            for (int j = 0; j < columns; j++) {
                int at = 3 * sample(j, columns, width);
                sum += 299 * (row[at] & 0xff) + 587 * (row[at + 1] & 0xff) + 114 * (row[at + 2] & 0xff);
            }
        }
        brightness = sum / (1000.0 * rows * columns);
    }

    /** Reads what was found. */
    public void read(Inspection found) {
        score = found.boxes() > 0 ? found.score(0) : 0;
        Arrays.fill(boxes, false);
        for (int i = 0; i < found.boxes(); i++) {
            if (found.score(i) >= MIN_SCORE) {
                boxes[found.label(i)] = true;
            }
        }
        Arrays.fill(masks, false);
        ByteBuffer mask = found.mask();
        if (mask != null) {
            read(mask, found.width(), found.height());
        }
    }

    private void read(ByteBuffer mask, int width, int height) {
        int rows = Math.min(MASK_SAMPLES, height);
        int columns = Math.min(MASK_SAMPLES, width);
        for (int i = 0; i < rows; i++) {
            int start = sample(i, rows, height) * width;
            for (int j = 0; j < columns; j++) {
                int value = mask.get(start + sample(j, columns, width)) & 0xff;
                if (value > 0 && value <= masks.length) {
                    masks[value - 1] = true;
                }
            }
        }
    }

    /** The middle of part i of {@code parts} equal parts of {@code size} pixels. */
    private static int sample(int i, int parts, int size) {
        return (int) ((2L * i + 1) * size / (2L * parts));
    }
}
