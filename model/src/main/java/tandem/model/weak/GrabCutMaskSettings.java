package tandem.model.weak;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Masks made from boxes by {@link tandem.model.weak.grabcut.GrabCut}: outside of all boxes is background; what it takes
 * for the object inside a box has the box's class; the rest of a box is ignored.
 *
 * @param weight of an image with such a mask, in the segmentation loss; 0 for none
 * @param iterations of colour models and cut
 * @param border price of a border between two pixels of the same colour; 0 for the usual one, which is lower for grey
 *     pictures
 * @param leastShare when less of a box than this is taken for the object, the cut failed
 * @param mostShare when more of a box than this is taken for the object, the cut failed
 * @param failure what becomes of the inside of such a box
 * @param inside how a mask is made inside a box
 */
public record GrabCutMaskSettings(
        float weight, int iterations, float border, float leastShare, float mostShare, Failure failure, Inside inside) {

    /** What becomes of the inside of a box in which the cut failed. */
    public enum Failure {
        /** It is ignored. */
        @JsonProperty("ignore")
        IGNORE,
        /** It is filled with the box's class. */
        @JsonProperty("fill")
        FILL
    }

    /** How the inside of a box is labelled. */
    public enum Inside {
        /** By GrabCut. */
        @JsonProperty("grabCut")
        GRAB_CUT,
        /** The whole box is filled with its class. */
        @JsonProperty("fill")
        FILL,
        /** The whole box is ignored: only the background outside is learned. */
        @JsonProperty("ignore")
        IGNORE
    }

    /** Rejects what cannot be run. */
    public GrabCutMaskSettings {
        WeakSettings.requireWeight("masks made from boxes", weight);
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
        }
        WeakSettings.requireWeight("a border", border);
        WeakSettings.requireShare("leastShare", leastShare);
        WeakSettings.requireShare("mostShare", mostShare);
        if (leastShare > mostShare) {
            throw new IllegalArgumentException(
                    "leastShare " + leastShare + " must not be above mostShare " + mostShare);
        }
        failure = failure == null ? Failure.IGNORE : failure;
        inside = inside == null ? Inside.GRAB_CUT : inside;
    }

    /** No masks made from boxes. */
    public static GrabCutMaskSettings none() {
        return of(0);
    }

    /** GrabCut with 5 iterations, failed below 10 % and above 95 % of the box. */
    public static GrabCutMaskSettings of(float weight) {
        return new GrabCutMaskSettings(weight, 5, 0, 0.1f, 0.95f, Failure.IGNORE, Inside.GRAB_CUT);
    }

    /** The same with another weight. */
    public GrabCutMaskSettings withWeight(float weight) {
        return new GrabCutMaskSettings(weight, iterations, border, leastShare, mostShare, failure, inside);
    }

    /** The same with another way to label the inside of a box. */
    public GrabCutMaskSettings withInside(Inside inside) {
        return new GrabCutMaskSettings(weight, iterations, border, leastShare, mostShare, failure, inside);
    }

    /** The same with another use of failed boxes. */
    public GrabCutMaskSettings withFailure(Failure failure) {
        return new GrabCutMaskSettings(weight, iterations, border, leastShare, mostShare, failure, inside);
    }
}
