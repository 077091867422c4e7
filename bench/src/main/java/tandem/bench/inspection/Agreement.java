package tandem.bench.inspection;

import java.util.ArrayList;
import java.util.List;

/** Whether two sides found the same; times of different results are not compared. */
final class Agreement {

    private static final double IOU = 0.99;
    private static final double SCORE = 1e-3;
    private static final double PIXELS = 0.999;

    private Agreement() {}

    /**
     * Compares two answers of {@link Child} to {@code found}.
     *
     * @throws IllegalStateException when they differ
     */
    static void require(Workload workload, String first, String second) {
        List<FrameRunner.Found> boxes = boxes(first);
        List<FrameRunner.Found> others = boxes(second);
        String mask = first.substring(first.indexOf('|') + 1);
        String other = second.substring(second.indexOf('|') + 1);
        long equal = 0;
        for (int i = 0; i < mask.length(); i++) {
            equal += mask.charAt(i) == other.charAt(i) ? 1 : 0;
        }
        if (boxes.isEmpty()
                || boxes.size() != others.size()
                || !boxes.stream().allMatch(box -> others.stream().anyMatch(one -> same(box, one)))
                || mask.length() != other.length()
                || equal < PIXELS * mask.length()) {
            throw new IllegalStateException(workload.title() + ": the two sides found different things: "
                    + boxes.size() + " and " + others.size() + " boxes, " + equal + " equal pixels of "
                    + mask.length());
        }
    }

    private static boolean same(FrameRunner.Found box, FrameRunner.Found other) {
        return box.label() == other.label() && Math.abs(box.score() - other.score()) <= SCORE && box.iou(other) > IOU;
    }

    private static List<FrameRunner.Found> boxes(String text) {
        List<FrameRunner.Found> boxes = new ArrayList<>();
        for (String one : text.substring(0, text.indexOf('|')).split(";")) {
            String[] words = one.split(" ");
            if (words.length == 6) {
                float[] corners = new float[4];
                for (int i = 0; i < 4; i++) {
                    corners[i] = Float.parseFloat(words[2 + i]);
                }
                boxes.add(new FrameRunner.Found(Integer.parseInt(words[0]), Float.parseFloat(words[1]), corners));
            }
        }
        return boxes;
    }
}
