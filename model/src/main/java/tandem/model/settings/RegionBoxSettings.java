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
 * @param refineFrom the first epoch, from 0, with predictions at its beginning; -1 for no predictions
 * @param score a prediction is used from this score on
 * @param inside a prediction belongs to a box when at least this share of its area lies inside it
 * @param apart predictions split a box only when no two of them overlap by more than this intersection over union
 * @param covered predictions split a box only when together they cover at least this share of its component's pixels
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
                        "Teach boxes by masks: an image with a mask and no boxes is given one around each region, which count "
                                + "WEIGHT. Default: 0, no such boxes.")
        float weight,

        @Setting(value = "7.8125e-4", was = "leastArea") float minArea,
        @Setting("1") int refineFrom,
        @Setting("0.5") float score,
        @Setting("0.6") float inside,
        @Setting("0.3") float apart,
        @Setting("0.6") float covered,
        @Setting(value = "64", was = "mostBoxes") int maxBoxes)
        implements RegionBoxSettingsBuilder.With {

    /** Rejects invalid settings. */
    public RegionBoxSettings {
        Checks.weight("boxes generated from masks", weight);
        Checks.share("minArea", minArea);
        Checks.share("score", score);
        Checks.share("inside", inside);
        Checks.share("apart", apart);
        Checks.share("covered", covered);
        Checks.atLeast("refineFrom", refineFrom, -1);
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
