package tandem.model.metrics;

/**
 * A predicted box.
 *
 * @param label index into the box classes, from 0
 * @param score confidence; any finite number, higher means more confident
 * @param box in pixels of the original image
 */
public record Detection(int label, double score, BoxRegion box) {

    /** @throws IllegalArgumentException when the label is negative or the score is not a finite number */
    public Detection {
        if (label < 0) {
            throw new IllegalArgumentException("detection with the negative label " + label);
        }
        Scores.requireFinite(score);
    }
}
