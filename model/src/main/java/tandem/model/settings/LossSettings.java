package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Alias;
import tandem.model.declaration.Setting;

/**
 * Losses of both tasks. Their sum is detectionWeight (box + confidence) + segmentationWeight segmentation.
 *
 * @param matching how anchors are given targets
 * @param confidence loss of class scores
 * @param box loss of boxes
 * @param detectionWeight factor of the detection losses
 * @param segmentationWeight factor of the segmentation loss
 * @param diceWeight factor of the dice loss, which is added to the cross-entropy of the masks; 0 for the cross-entropy
 *     alone
 */
@RecordBuilder
public record LossSettings(
        @Setting(
                value = "iou",
                option = "--matching",
                param = "NAME",
                order = 51,
                help = "iou or mutual_guide.",
                was = "/matching")
        Matching matching,

        @Setting(
                value = "focal",
                option = "--confidence-loss",
                param = "NAME",
                order = 52,
                help = "focal or quality.",
                was = "/confidenceLoss")
        ConfidenceLoss confidence,

        @Setting(
                value = "balanced_l1",
                option = "--box-loss",
                param = "NAME",
                order = 53,
                help = "balanced_l1 or giou.",
                was = "/boxLoss")
        BoxLoss box,

        @Setting(
                value = "1",
                option = "--detection-weight",
                param = "X",
                order = 54,
                help = "Factor of the detection losses.",
                was = "/detectionWeight")
        float detectionWeight,

        @Setting(
                value = "1",
                option = "--segmentation-weight",
                param = "X",
                order = 55,
                help = "Factor of the segmentation loss.",
                was = "/segmentationWeight")
        float segmentationWeight,

        @Setting(
                value = "0",
                option = "--dice-weight",
                param = "X",
                order = 55,
                help = "Factor of the dice loss of masks, which gives rare classes as much influence as frequent ones; "
                        + "it is added to the cross-entropy.",
                since = 4)
        float diceWeight)
        implements LossSettingsBuilder.With {

    /** How anchors are given targets. */
    public enum Matching {
        /** By their overlap with the boxes. */
        IOU,
        /** Mutual Guide: by predicted boxes for classes and by class scores for boxes. */
        @Alias("mg")
        MUTUAL_GUIDE
    }

    /** Losses of class scores. */
    public enum ConfidenceLoss {
        /** Focal loss. */
        FOCAL,
        /** Quality focal loss. */
        QUALITY
    }

    /** Losses of boxes. */
    public enum BoxLoss {
        /** Balanced L1 on encoded offsets. */
        @Alias("balancedL1")
        BALANCED_L1,
        /** Generalized intersection over union of decoded boxes. */
        GIOU
    }

    /** Rejects invalid settings. */
    public LossSettings {
        Checks.present("matching", matching);
        Checks.present("confidenceLoss", confidence);
        Checks.present("boxLoss", box);
        Checks.atLeast("detectionWeight", detectionWeight, 0);
        Checks.atLeast("segmentationWeight", segmentationWeight, 0);
        Checks.atLeast("diceWeight", diceWeight, 0);
    }
}
