package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Boxes made from masks: around each connected region of a class, then split, merged or used as they are with the help
 * of boxes that the averaged weights predict on the same image.
 *
 * @param weight of an image with such boxes, in the detection losses; 0 for none
 * @param minArea a region smaller than this share of the image is dropped unless all of its class are
 * @param refineFrom the first epoch, from 0, at whose beginning predictions are made; -1 to use the boxes as they are
 *     always
 * @param score a prediction is used from this score on
 * @param inside a prediction belongs to a box when at least this share of its area lies inside it
 * @param apart predictions split a box only when no two of them overlap by more than this intersection over union
 * @param covered predictions split a box only when together they cover at least this share of its region's pixels
 * @param maxBoxes an image keeps this many boxes, the largest
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

    /** Rejects what cannot be run. */
    public RegionBoxSettings {
        Checks.weight("boxes made from masks", weight);
        Checks.share("minArea", minArea);
        Checks.share("score", score);
        Checks.share("inside", inside);
        Checks.share("apart", apart);
        Checks.share("covered", covered);
        Checks.atLeast("refineFrom", refineFrom, -1);
        Checks.atLeast("maxBoxes", maxBoxes, 1);
    }

    /** No boxes made from masks. */
    public static RegionBoxSettings none() {
        return SettingsRecord.defaults(RegionBoxSettings.class);
    }

    /** Regions of 80 pixels in 320 x 320, predictions from the second epoch on of a score above 0.5, 60 % inside. */
    public static RegionBoxSettings of(float weight) {
        return none().withWeight(weight);
    }
}
