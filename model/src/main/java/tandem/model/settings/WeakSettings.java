package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Weak labels and pseudo-labels and their weights. An image gets them only for the task without annotation; labels
 * generated from its own annotation have priority over a teacher's.
 *
 * @param boxForMask masks generated from boxes
 * @param maskForBox boxes generated from masks
 * @param pseudoLabels boxes and masks predicted by teachers
 * @param rampShare the share of the run's steps over which their weights increase from 0, after the warm-up of the
 *     learning rate; 0 for full weights from the first step
 */
@RecordBuilder
public record WeakSettings(
        GrabCutMaskSettings boxForMask,
        RegionBoxSettings maskForBox,
        PseudoLabelSettings pseudoLabels,

        @Setting(
                value = "0.1",
                option = "--weak-ramp",
                param = "SHARE",
                order = 83,
                help = "Over this share of the run's steps all these weights increase from 0.")
        float rampShare)
        implements WeakSettingsBuilder.With {

    /** Rejects invalid settings. */
    public WeakSettings {
        Checks.present("boxForMask", boxForMask);
        Checks.present("maskForBox", maskForBox);
        Checks.present("pseudoLabels", pseudoLabels);
        Checks.share("rampShare", rampShare);
    }

    /** Only annotations. */
    public static WeakSettings none() {
        return SettingsRecord.defaults(WeakSettings.class);
    }

    /** Maximum number of generated boxes of an image. */
    public int maxBoxes() {
        return Math.max(
                maskForBox.weight() > 0 ? maskForBox.maxBoxes() : 0,
                pseudoLabels.weight() > 0 ? pseudoLabels.maxBoxes() : 0);
    }

    /** Whether there are any. */
    public boolean any() {
        return boxForMask.weight() > 0 || maskForBox.weight() > 0 || pseudoLabels.weight() > 0;
    }
}
