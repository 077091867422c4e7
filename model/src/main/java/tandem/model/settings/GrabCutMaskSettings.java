package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Alias;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Masks generated from boxes by GrabCut: background outside all boxes; the object inside a box has the box's class; the
 * rest of the box is ignored.
 *
 * @param weight of an image with such a mask, in the segmentation loss; 0 for none
 * @param iterations of color models and cut
 * @param border cost of a border between two pixels of the same color; 0 for the default, which is lower for gray
 *     images
 * @param minShare the cut failed when the object covers less than this share of the box
 * @param maxShare the cut failed when the object covers more than this share of the box
 * @param failure how the inside of such a box is labelled
 * @param inside how a mask is generated inside a box
 */
@RecordBuilder
public record GrabCutMaskSettings(
        @Setting(
                value = "0",
                option = "--box-for-mask",
                param = "WEIGHT",
                order = 70,
                help =
                        "Train masks from boxes: an image with boxes and no mask gets one by GrabCut, with this loss weight; an "
                                + "annotated mask has 1. Default: 0, no such masks.")
        float weight,

        @Setting("5") int iterations,
        @Setting("0") float border,
        @Setting(value = "0.1", was = "leastShare") float minShare,
        @Setting(value = "0.95", was = "mostShare") float maxShare,

        @Setting(
                value = "ignore",
                option = "--box-for-mask-failure",
                param = "HOW",
                order = 72,
                help =
                        "ignore or fill a box of which GrabCut finds almost nothing or almost everything to be the object.")
        Failure failure,

        @Setting(
                value = "grab_cut",
                option = "--box-for-mask-inside",
                param = "HOW",
                order = 71,
                help =
                        "grab_cut, fill (the whole box is the object) or ignore (only the background around boxes is learned).")
        Inside inside)
        implements GrabCutMaskSettingsBuilder.With {

    /** How the inside of a box in which the cut failed is labelled. */
    public enum Failure {
        /** It is ignored. */
        IGNORE,
        /** It is filled with the box's class. */
        FILL
    }

    /** How the inside of a box is labelled. */
    public enum Inside {
        /** By GrabCut. */
        @Alias("grabCut")
        GRAB_CUT,
        /** The whole box is filled with its class. */
        FILL,
        /** The whole box is ignored: only the background outside is learned. */
        IGNORE
    }

    /** Rejects invalid settings. */
    public GrabCutMaskSettings {
        Checks.weight("masks generated from boxes", weight);
        Checks.atLeast("iterations", iterations, 1);
        Checks.weight("a border", border);
        Checks.share("minShare", minShare);
        Checks.share("maxShare", maxShare);
        if (minShare > maxShare) {
            throw new IllegalArgumentException("minShare " + minShare + " must not be above maxShare " + maxShare);
        }
        Checks.present("failure", failure);
        Checks.present("inside", inside);
    }

    /** No masks generated from boxes. */
    public static GrabCutMaskSettings none() {
        return SettingsRecord.defaults(GrabCutMaskSettings.class);
    }

    /** GrabCut with 5 iterations, failed below 10 % and above 95 % of the box. */
    public static GrabCutMaskSettings of(float weight) {
        return none().withWeight(weight);
    }
}
