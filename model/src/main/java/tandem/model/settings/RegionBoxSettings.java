package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Boxes generated from masks: the bounding box of each connected component of a class, optionally split or merged by
 * boxes that the averaged weights predict on the same image.
 *
 * @param weight of an image with such boxes, in the detection losses; 0 for none
 * @param minArea a component smaller than this share of the image is dropped, unless all components of its class are
 *     smaller
 * @param firstRefinedEpoch the first epoch, from 0, with predictions at its beginning; -1 for no predictions
 * @param minScore min score of predictions that are used
 * @param minInsideShare a prediction belongs to a box when at least this share of its area lies inside it
 * @param maxOverlap predictions split a box only when no two of them overlap by more than this intersection over union
 * @param minCoveredShare predictions split a box only when together they cover at least this share of its component's
 *     pixels
 * @param maxBoxes maximum number of boxes per image, the largest ones
 */
@RecordBuilder
public record RegionBoxSettings(
        @Setting(
                value = "0",
                option = "--mask-for-box",
                param = "WEIGHT",
                order = 73,
                help =
                        "Train boxes from masks: an image with a mask and no boxes gets a box around each region, with this loss "
                                + "weight. Default: 0, no such boxes.")
        float weight,

        @Setting(value = "7.8125e-4", was = "leastArea") float minArea,
        @Setting(value = "1", was = "refineFrom", until = 2) int firstRefinedEpoch,
        @Setting(value = "0.5", was = "score", until = 2) float minScore,
        @Setting(value = "0.6", was = "inside", until = 2) float minInsideShare,
        @Setting(value = "0.3", was = "apart", until = 2) float maxOverlap,
        @Setting(value = "0.6", was = "covered", until = 2) float minCoveredShare,
        @Setting(value = "64", was = "mostBoxes") int maxBoxes)
        implements RegionBoxSettingsBuilder.With {

    /** Rejects invalid settings. */
    public RegionBoxSettings {
        Checks.weight("boxes generated from masks", weight);
        Checks.share("minArea", minArea);
        Checks.share("minScore", minScore);
        Checks.share("minInsideShare", minInsideShare);
        Checks.share("maxOverlap", maxOverlap);
        Checks.share("minCoveredShare", minCoveredShare);
        Checks.atLeast("firstRefinedEpoch", firstRefinedEpoch, -1);
        Checks.atLeast("maxBoxes", maxBoxes, 1);
    }

    /** No boxes generated from masks. */
    public static RegionBoxSettings none() {
        return SettingsRecord.defaults(RegionBoxSettings.class);
    }

    /**
     * Components of at least 80 pixels in 320 x 320, predictions from the second epoch on with a score above 0.5, 60 %
     * inside.
     */
    public static RegionBoxSettings of(float weight) {
        return none().withWeight(weight);
    }
}
