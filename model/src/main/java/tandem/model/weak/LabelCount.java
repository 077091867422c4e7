package tandem.model.weak;

/**
 * What was made of labels that nobody drew.
 *
 * @param kind what they are and where they come from, such as {@code boxes from teachers}
 * @param images images that lack this annotation and were looked at
 * @param labelled images that were given a label
 * @param nothing images that yielded none: they are not trained on for this task
 * @param detail more for people, such as thresholds
 */
public record LabelCount(String kind, int images, int labelled, int nothing, String detail) implements LabelEvent {

    /** One line for people. */
    public String line() {
        return kind + ": " + labelled + " of " + images + " images"
                + (nothing > 0 ? ", " + nothing + " yielded nothing and are left out" : "")
                + (detail.isEmpty() ? "" : "; " + detail);
    }
}
