package tandem.tools.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.ImageErrors;

/** The errors of one image in words. */
final class ErrorText {

    /** Longer lists are cut. */
    private static final int MAX_ITEMS = 6;

    private ErrorText() {}

    /**
     * Such as {@code 2 missed (scratch, pit); 1 false alarm (stain 0.88); mask IoU 0.41}.
     *
     * @param boxClasses names of the classes of boxes, by label
     */
    static String of(ImageErrors errors, List<String> boxClasses) {
        List<String> parts = new ArrayList<>();
        if (errors.boxes() != null) {
            boxes(errors.boxes(), boxClasses, parts);
        }
        if (!Double.isNaN(errors.objectIou())) {
            parts.add(String.format(Locale.ROOT, "IoU of the objects' pixels %.2f", errors.objectIou()));
        }
        return parts.isEmpty() ? "no object annotated or predicted" : String.join("; ", parts);
    }

    private static void boxes(BoxMatches boxes, List<String> names, List<String> parts) {
        long right = boxes.pairs().stream().filter(BoxMatches.Pair::isRight).count();
        if (right > 0) {
            parts.add(right + " found");
        }
        if (!boxes.missed().isEmpty()) {
            parts.add(boxes.missed().size() + " missed ("
                    + list(boxes.missed().stream()
                            .map(box -> names.get(box.label()))
                            .toList())
                    + ")");
        }
        List<String> confused = boxes.pairs().stream()
                .filter(pair -> !pair.isRight())
                .map(pair -> names.get(pair.truth().label()) + " as "
                        + names.get(pair.detection().label()))
                .toList();
        if (!confused.isEmpty()) {
            parts.add(confused.size() + " of another class (" + list(confused) + ")");
        }
        if (!boxes.falseAlarms().isEmpty()) {
            parts.add(boxes.falseAlarms().size()
                    + (boxes.falseAlarms().size() == 1 ? " false alarm (" : " false alarms (")
                    + list(boxes.falseAlarms().stream()
                            .map(found ->
                                    String.format(Locale.ROOT, "%s %.2f", names.get(found.label()), found.score()))
                            .toList())
                    + ")");
        }
    }

    private static String list(List<String> items) {
        return items.size() <= MAX_ITEMS
                ? String.join(", ", items)
                : String.join(", ", items.subList(0, MAX_ITEMS)) + ", and " + (items.size() - MAX_ITEMS) + " more";
    }
}
