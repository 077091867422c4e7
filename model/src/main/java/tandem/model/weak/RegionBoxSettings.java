package tandem.model.weak;

/**
 * Boxes made from masks: around each connected region of a class, then split, merged or used as they are with the help
 * of boxes that the averaged weights predict on the same image.
 *
 * @param weight of an image with such boxes, in the detection losses; 0 for none
 * @param leastArea a region smaller than this share of the picture is dropped unless all of its class are
 * @param refineFrom the first epoch, from 0, at whose beginning predictions are made; -1 to use the boxes as they are
 *     always
 * @param score a prediction is looked at from this score on
 * @param inside a prediction belongs to a box when at least this share of its area lies inside it
 * @param apart predictions split a box only when no two of them overlap by more than this intersection over union
 * @param covered predictions split a box only when together they cover at least this share of its region's pixels
 * @param mostBoxes an image keeps this many boxes, the largest
 */
public record RegionBoxSettings(
        float weight,
        float leastArea,
        int refineFrom,
        float score,
        float inside,
        float apart,
        float covered,
        int mostBoxes) {

    /** Rejects what cannot be run. */
    public RegionBoxSettings {
        WeakSettings.requireWeight("boxes made from masks", weight);
        WeakSettings.requireShare("leastArea", leastArea);
        WeakSettings.requireShare("score", score);
        WeakSettings.requireShare("inside", inside);
        WeakSettings.requireShare("apart", apart);
        WeakSettings.requireShare("covered", covered);
        if (refineFrom < -1 || mostBoxes < 1) {
            throw new IllegalArgumentException(
                    "refineFrom " + refineFrom + " must be at least -1, mostBoxes " + mostBoxes + " at least 1");
        }
    }

    /** No boxes made from masks. */
    public static RegionBoxSettings none() {
        return of(0);
    }

    /** Regions of 80 pixels in 320 x 320, predictions from the second epoch on of a score above 0.5, 60 % inside. */
    public static RegionBoxSettings of(float weight) {
        return new RegionBoxSettings(weight, 80f / (320 * 320), 1, 0.5f, 0.6f, 0.3f, 0.6f, 64);
    }

    /** The same with another weight. */
    public RegionBoxSettings withWeight(float weight) {
        return new RegionBoxSettings(weight, leastArea, refineFrom, score, inside, apart, covered, mostBoxes);
    }

    /** The same with predictions from another epoch on, -1 for none. */
    public RegionBoxSettings withRefineFrom(int epoch) {
        return new RegionBoxSettings(weight, leastArea, epoch, score, inside, apart, covered, mostBoxes);
    }
}
