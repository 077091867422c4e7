package tandem.bench.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much of what one side found the other found too, over some frames.
 *
 * @param boxes boxes of both sides
 * @param commonBoxes those that have a partner on the other side
 * @param pixels pixels of the masks
 * @param equalPixels those of the same class
 */
record Agreement(long boxes, long commonBoxes, long pixels, long equalPixels) {

    private static final double IOU = 0.99;
    private static final double SCORE = 1e-3;
    private static final double PIXELS = 0.999;

    /** Of boxes found in int8; those of lower scores may be on one side only. */
    private static final double SCORE_IN_INT8 = 0.3;

    private static final double IOU_IN_INT8 = 0.9;

    /** A difference of two shares that a row states. */
    private static final double MUCH = 0.02;

    private static final double HALF = 0.5;

    /** What {@link Child} found in a frame. */
    private record Findings(List<FrameRunner.Found> boxes, String mask) {

        static Findings of(String text) {
            int end = text.indexOf('|');
            List<FrameRunner.Found> boxes = new ArrayList<>();
            for (String one : text.substring(0, end).split(";")) {
                String[] words = one.split(" ");
                if (words.length == 6) {
                    float[] corners = new float[4];
                    for (int i = 0; i < 4; i++) {
                        corners[i] = Float.parseFloat(words[2 + i]);
                    }
                    boxes.add(new FrameRunner.Found(Integer.parseInt(words[0]), Float.parseFloat(words[1]), corners));
                }
            }
            return new Findings(boxes, text.substring(end + 1));
        }

        long equalPixels(Findings other) {
            if (mask.length() != other.mask.length()) {
                throw new IllegalStateException(
                        "masks of " + mask.length() + " and " + other.mask.length() + " pixels");
            }
            long equal = 0;
            for (int i = 0; i < mask.length(); i++) {
                equal += mask.charAt(i) == other.mask.charAt(i) ? 1 : 0;
            }
            return equal;
        }

        List<FrameRunner.Found> certain() {
            return boxes.stream().filter(box -> box.score() >= SCORE_IN_INT8).toList();
        }

        long common(Findings other) {
            return certain().stream()
                    .filter(box -> other.boxes.stream()
                            .anyMatch(one -> one.label() == box.label() && one.iou(box) > IOU_IN_INT8))
                    .count();
        }
    }

    /**
     * Compares two answers of {@link Child} to {@code found}: times of different results are not compared.
     *
     * @throws IllegalStateException when they differ
     */
    static void require(Workload workload, String first, String second) {
        Findings one = Findings.of(first);
        Findings other = Findings.of(second);
        long equal = one.equalPixels(other);
        if (one.boxes().isEmpty()
                || one.boxes().size() != other.boxes().size()
                || !one.boxes().stream().allMatch(box -> other.boxes().stream().anyMatch(found -> same(box, found)))
                || equal < PIXELS * one.mask().length()) {
            throw new IllegalStateException(workload.title() + ": the two sides found different things: "
                    + one.boxes().size() + " and " + other.boxes().size() + " boxes, " + equal + " equal pixels of "
                    + one.mask().length());
        }
    }

    private static boolean same(FrameRunner.Found box, FrameRunner.Found other) {
        return box.label() == other.label() && Math.abs(box.score() - other.score()) <= SCORE && box.iou(other) > IOU;
    }

    /** Compares two processes over the held-out images. */
    static Agreement over(int images, Peer reference, Peer other) throws IOException {
        Agreement sum = new Agreement(0, 0, 0, 0);
        for (int i = 0; i < images; i++) {
            Findings right = Findings.of(reference.ask("image " + i));
            Findings found = Findings.of(other.ask("image " + i));
            sum = new Agreement(
                    sum.boxes + right.certain().size() + found.certain().size(),
                    sum.commonBoxes + right.common(found) + found.common(right),
                    sum.pixels + right.mask().length(),
                    sum.equalPixels + right.equalPixels(found));
        }
        return sum;
    }

    /** Part of the boxes that have a partner, 0 to 1; NaN without boxes. */
    double boxShare() {
        return (double) commonBoxes / boxes;
    }

    /** Part of the pixels, 0 to 1. */
    double pixelShare() {
        return (double) equalPixels / pixels;
    }

    /**
     * States which side differs from FLOAT32 by more than 2 % more than the other; empty when none does, and when both
     * lose most boxes, as with initial weights, whose scores are nearly equal.
     */
    String difference(Agreement other) {
        if (boxShare() < HALF && other.boxShare() < HALF) {
            return "";
        }
        double loss = Math.max(excess(boxShare(), other.boxShare()), excess(pixelShare(), other.pixelShare()));
        double otherLoss = Math.max(excess(other.boxShare(), boxShare()), excess(other.pixelShare(), pixelShare()));
        return (loss > MUCH ? "; Tandem's int8 differs more" : "")
                + (otherLoss > MUCH ? "; ONNX Runtime's int8 differs more" : "");
    }

    private static double excess(double share, double other) {
        return Double.isNaN(share) || Double.isNaN(other) ? 0 : other - share;
    }

    String text() {
        return (boxes == 0 ? "no boxes" : String.format(Locale.ROOT, "%.1f %% of %d boxes", 100 * boxShare(), boxes))
                + String.format(Locale.ROOT, ", %.2f %% of the pixels", 100 * pixelShare());
    }
}
