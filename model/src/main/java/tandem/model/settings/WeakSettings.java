package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Which weak labels and pseudo-labels are trained on, and how much they count. An image is given them only for the task
 * it is not annotated for; boxes and masks made from its own annotation come before a teacher's.
 *
 * @param boxForMask masks made from boxes
 * @param maskForBox boxes made from masks
 * @param pseudoLabels boxes and masks predicted by teachers
 * @param rampShare the share of the run's steps over which their weights rise from 0, after the warm-up of the learning
 *     rate; 0 for full weights from the first step
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
                help = "Over this share of the run's steps all these weights rise from 0.")
        float rampShare)
        implements WeakSettingsBuilder.With {

    /** Rejects what cannot be run. */
    public WeakSettings {
        Checks.present("boxForMask", boxForMask);
        Checks.present("maskForBox", maskForBox);
        Checks.present("pseudoLabels", pseudoLabels);
        Checks.share("rampShare", rampShare);
    }

    /** Each task learns from its own annotation alone. */
    public static WeakSettings none() {
        return SettingsRecord.defaults(WeakSettings.class);
    }

    /** Max boxes that any image can be given: what a batch must have room for. */
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
