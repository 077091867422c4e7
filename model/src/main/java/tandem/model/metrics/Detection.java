package tandem.model.metrics;

/**
 * A box that a network found.
 *
 * @param label index into the box classes, from 0
 * @param score confidence; any finite number, larger is surer
 * @param box where, in pixels of the original image
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
