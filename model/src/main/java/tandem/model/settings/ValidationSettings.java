package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;

/**
 * Validation during a run: held-out images are evaluated with the averaged weights at the end of epochs.
 *
 * @param every epochs from one validation to the next; 0 for as many that validation takes little of the time, see
 *     {@link #epochs}
 * @param patience a run ends after this many validations in succession without a better score; 0 for never
 */
@RecordBuilder
public record ValidationSettings(
        @Setting(
                value = "0",
                option = "--validate-every",
                param = "EPOCHS",
                order = 40,
                help =
                        "Evaluate the held-out images every EPOCHS epochs, with the averaged weights; the best weights are "
                                + "kept in best.safetensors. Default: so that validation takes less than a tenth of the time.",
                since = 4)
        int every,

        @Setting(
                value = "0",
                option = "--patience",
                param = "N",
                order = 40,
                help =
                        "End training after N validations in succession without a better score, the mean of AP50 and mIoU; 0 "
                                + "for never.",
                since = 4)
        int patience)
        implements ValidationSettingsBuilder.With {

    /**
     * Held-out images per image visit of training. An evaluated image takes a third to two thirds of the time of a
     * trained one, the more the smaller the input, because its mask is decoded at its original size.
     */
    private static final double HELD_OUT = 0.125;

    /** Rejects invalid settings. */
    public ValidationSettings {
        Checks.atLeast("validateEvery", every, 0);
        Checks.atLeast("patience", patience, 0);
    }

    /**
     * Epochs from one validation to the next.
     *
     * @param heldOut number of held-out images
     * @param visits image visits of an epoch
     */
    public int epochs(int heldOut, int visits) {
        return every > 0 ? every : (int) Math.max(1, Math.ceil(heldOut / (HELD_OUT * visits)));
    }
}
