package tandem.model.metrics;

/**
 * An annotated box.
 *
 * @param label index into the box classes, from 0
 * @param box in pixels of the original image
 * @param difficult ignored in matching (VOC)
 */
public record TruthBox(int label, BoxRegion box, boolean difficult) {

    /** @throws IllegalArgumentException when the label is negative */
    public TruthBox {
        if (label < 0) {
            throw new IllegalArgumentException("annotated box with the negative label " + label);
        }
    }

    /** The box of a data set. */
    public static TruthBox of(tandem.model.data.Box box) {
        return new TruthBox(
                box.label(), new BoxRegion(box.xMin(), box.yMin(), box.xMax(), box.yMax()), box.difficult());
    }
}
