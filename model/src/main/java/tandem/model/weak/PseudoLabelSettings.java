package tandem.model.weak;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Labels that trained networks predict before training starts, for images that lack them (Lee, ICML workshop 2013).
 *
 * @param weight of an image with such a label, in the loss of that task; 0 for none
 * @param teachers checkpoints of one network that finds boxes, one that segments, or one that does both
 * @param boxes which boxes to believe, by their scores
 * @param masks which pixels to believe, by the probability of their class; the others are ignored
 * @param empty what becomes of an image in which the teacher is sure of no object
 * @param mostBoxes an image keeps this many of its boxes, those with the highest scores
 */
public record PseudoLabelSettings(
        float weight, List<String> teachers, Confidence boxes, Confidence masks, EmptyImages empty, int mostBoxes) {

    /** What becomes of an image in which a teacher is sure of no object. */
    public enum EmptyImages {
        /** It teaches nothing. */
        @JsonProperty("leftOut")
        LEFT_OUT,
        /** It is taken to show no object: without a box, or background wherever the teacher is sure of it. */
        @JsonProperty("empty")
        EMPTY
    }

    /** Rejects what cannot be run. */
    public PseudoLabelSettings {
        WeakSettings.requireWeight("pseudo-labels", weight);
        teachers = teachers == null ? List.of() : List.copyOf(teachers);
        if (weight > 0 == teachers.isEmpty()) {
            throw new IllegalArgumentException("pseudo-labels of weight " + weight + " by " + teachers.size()
                    + " teachers: name a teacher and a weight above 0, or neither");
        }
        if (mostBoxes < 1) {
            throw new IllegalArgumentException("mostBoxes must be at least 1, not " + mostBoxes);
        }
    }

    /** No teacher. */
    public static PseudoLabelSettings none() {
        return new PseudoLabelSettings(
                0, List.of(), Confidence.above(0.5f), Confidence.above(0.9f), EmptyImages.LEFT_OUT, 64);
    }

    /** The labels of these teachers with weight 1: boxes of a score above 0.5, pixels of a probability above 0.9. */
    public static PseudoLabelSettings of(List<String> teachers) {
        PseudoLabelSettings none = none();
        return new PseudoLabelSettings(1, teachers, none.boxes, none.masks, none.empty, none.mostBoxes);
    }

    /** The same with another weight. */
    public PseudoLabelSettings withWeight(float weight) {
        return new PseudoLabelSettings(weight, teachers, boxes, masks, empty, mostBoxes);
    }

    /** The same with other thresholds. */
    public PseudoLabelSettings withConfidence(Confidence boxes, Confidence masks) {
        return new PseudoLabelSettings(weight, teachers, boxes, masks, empty, mostBoxes);
    }

    /** The same with another use of images without a confident object. */
    public PseudoLabelSettings withEmpty(EmptyImages empty) {
        return new PseudoLabelSettings(weight, teachers, boxes, masks, empty, mostBoxes);
    }
}
