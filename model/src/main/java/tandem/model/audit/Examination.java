package tandem.model.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import tandem.model.audit.ImageFacts.BoxPixels;
import tandem.model.audit.ImageFacts.CornerFit;
import tandem.model.data.Box;
import tandem.model.data.ClassMask;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;

/**
 * Measures one image.
 *
 * @param data source of the classes
 * @param sampleBits bits that samples of 16 bits use
 */
record Examination(DataSet data, int sampleBits) {

    /**
     * Decodes the image and the mask.
     *
     * @throws tandem.model.data.DataException when one of them cannot be decoded
     */
    ImageFacts examine(Sample sample) {
        DecodedImage decoded = ImageDecoder.decode(sample, sampleBits);
        Luma luma = Luma.of(decoded);
        List<BoxPixels> boxes = List.of();
        List<Long> inside = List.of();
        if (sample.boxes().isPresent() && sample.mask().isPresent()) {
            byte[] mask = ImageDecoder.mask(sample).orElseThrow();
            boxes = new ArrayList<>();
            boolean[] covered = new boolean[mask.length];
            for (Box box : sample.boxes().get()) {
                boxes.add(measure(box, mask, covered, sample.width(), sample.height()));
            }
            inside = inside(mask, covered);
        }
        return new ImageFacts(
                sample,
                ImageDecoder.channels(sample.image()),
                isGray(decoded.rgb()),
                luma.brightness(),
                luma.contrast(),
                luma.sharpness(),
                Fingerprint.of(decoded, luma),
                boxes,
                inside);
    }

    /** A pixel is in a box when its center lies in the box. */
    private BoxPixels measure(Box box, byte[] mask, boolean[] covered, int width, int height) {
        long[] counts = new long[data.maskChannels()];
        long ignored = 0;
        int right = (int) Math.min(width, Math.ceil(box.xMax() - 0.5));
        int bottom = (int) Math.min(height, Math.ceil(box.yMax() - 0.5));
        for (int y = (int) Math.ceil(box.yMin() - 0.5); y < bottom; y++) {
            for (int x = (int) Math.ceil(box.xMin() - 0.5); x < right; x++) {
                int value = mask[y * width + x] & 0xFF;
                covered[y * width + x] = true;
                if (value == ClassMask.IGNORE) {
                    ignored++;
                } else {
                    counts[value]++;
                }
            }
        }
        long labelled = 0;
        int mostly = -1;
        for (int value = 1; value < counts.length; value++) {
            labelled += counts[value];
            if (counts[value] > 0 && (mostly < 0 || counts[value] > counts[mostly + 1])) {
                mostly = value - 1;
            }
        }
        int same = data.maskClasses().indexOf(data.boxClasses().get(box.label()));
        return new BoxPixels(
                box.label(),
                labelled,
                same < 0 ? 0 : counts[same + 1],
                ignored,
                mostly,
                mostly < 0 ? CornerFit.NONE : corner(box, mask, (same < 0 ? mostly : same) + 1, width, height));
    }

    /** Compares both axes of a box with the pixels of a class. */
    private static CornerFit corner(Box box, byte[] mask, int value, int width, int height) {
        int left = Math.round(box.xMin());
        int top = Math.round(box.yMin());
        int right = Math.min(width, Math.round(box.xMax()));
        int bottom = Math.min(height, Math.round(box.yMax()));
        IntPredicate column = x -> any(mask, x, width, top, bottom, width, value);
        IntPredicate row = y -> any(mask, y * width, 1, left, right, width * height, value);
        return axis(left, right, width, column).and(axis(top, bottom, height, row));
    }

    /** Whether one of the pixels {@code from + i * step}, i from {@code first} to before {@code end}, has a value. */
    private static boolean any(byte[] mask, int from, int step, int first, int end, int limit, int value) {
        if (from < 0 || from >= limit) {
            return false;
        }
        for (int i = first; i < end; i++) {
            if ((mask[from + i * step] & 0xFF) == value) {
                return true;
            }
        }
        return false;
    }

    /** Along one axis, for boxes of at least three pixels that do not touch the border of the image. */
    private static CornerFit axis(int low, int high, int size, IntPredicate occupied) {
        boolean fits = low >= 1 && high < size && high - low >= 3 && occupied.test(high - 1) && !occupied.test(high);
        if (!fits) {
            return CornerFit.NONE;
        }
        int first = low - 1;
        while (first < low + 2 && !occupied.test(first)) {
            first++;
        }
        return first == low - 1 && occupied.test(low - 2) ? CornerFit.NONE : CornerFit.of(first - low);
    }

    private List<Long> inside(byte[] mask, boolean[] covered) {
        long[] counts = new long[256];
        for (int i = 0; i < mask.length; i++) {
            if (covered[i]) {
                counts[mask[i] & 0xFF]++;
            }
        }
        List<Long> inside = new ArrayList<>();
        for (int value = 1; value < data.maskChannels(); value++) {
            inside.add(counts[value]);
        }
        return inside;
    }

    static boolean isGray(byte[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
                return false;
            }
        }
        return true;
    }
}
