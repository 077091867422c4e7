package tandem.model.weak;

/**
 * How many images received generated labels of one kind.
 *
 * @param kind kind and origin of the labels, such as {@code boxes from teachers}
 * @param images processed images, which lack this annotation
 * @param labelled images that received a label
 * @param nothing images without a label: they are left out of the training of this task
 * @param detail more information for the user, such as thresholds
 */
public record LabelCount(String kind, int images, int labelled, int nothing, String detail) implements LabelEvent {

    /** One line for the user. */
    public String line() {
        return kind + ": " + labelled + " of " + images + " images"
                + (nothing > 0 ? ", " + nothing + " have none and are left out" : "")
                + (detail.isEmpty() ? "" : "; " + detail);
    }
}
