package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import tandem.model.declaration.Alias;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Labels that trained networks predict before training starts, for images that lack them (Lee, ICML workshop 2013).
 *
 * @param weight of an image with such a label, in the loss of that task; 0 for none
 * @param teachers checkpoints of one network that finds boxes, one that segments, or one that does both
 * @param boxes which boxes become labels, by their scores
 * @param masks which pixels become labels, by the probability of their class; the others are ignored
 * @param empty use of an image in which the teacher finds no object of enough confidence
 * @param maxBoxes maximum number of boxes per image, those with the highest scores
 */
@RecordBuilder
public record PseudoLabelSettings(
        @Setting(
                value = "0",
                option = "--pseudo-weight",
                param = "WEIGHT",
                order = 76,
                help = "Loss weight of an image with such labels. Default: 1.")
        float weight,

        @Setting("") List<String> teachers,

        @Setting(
                of = "min",
                value = "0.5",
                option = "--pseudo-score",
                param = "X",
                order = 77,
                help = "Min score of boxes that become labels.",
                was = "least")
        @Setting(
                of = "classes",
                value = "",
                option = "--pseudo-class-score",
                param = "CLASS=X",
                order = 78,
                help = "The same for boxes of one class; may be repeated.")
        @Setting(
                of = "quantile",
                value = "0",
                option = "--pseudo-quantile",
                param = "SHARE",
                order = 81,
                help =
                        "Of each class also drop this share of its boxes and of its pixels, those with the lowest confidence.")
        Confidence boxes,

        @Setting(
                of = "min",
                value = "0.9",
                option = "--pseudo-probability",
                param = "X",
                order = 79,
                help = "Min probability of pixels that become labels; the others are ignored.",
                was = "least")
        @Setting(
                of = "classes",
                value = "",
                option = "--pseudo-class-probability",
                param = "CLASS=X",
                order = 80,
                help = "The same for pixels of one class, or of background; may be repeated.")
        @Setting(of = "quantile", value = "0", option = "--pseudo-quantile")
        Confidence masks,

        @Setting(
                value = "left_out",
                option = "--pseudo-empty",
                presence = "empty",
                order = 82,
                help = "Use an image without a confident object as an empty image, instead of leaving it out.")
        EmptyImages empty,

        @Setting(value = "64", was = "mostBoxes") int maxBoxes)
        implements PseudoLabelSettingsBuilder.With {

    /** Use of an image in which a teacher finds no object of enough confidence. */
    public enum EmptyImages {
        /** It is given no label. */
        @Alias("leftOut")
        LEFT_OUT,
        /** It shows no object: no boxes, or background wherever its probability is high enough. */
        EMPTY
    }

    /** Rejects invalid settings. */
    public PseudoLabelSettings {
        Checks.weight("pseudo-labels", weight);
        teachers = teachers == null ? List.of() : List.copyOf(teachers);
        if (weight > 0 == teachers.isEmpty()) {
            throw new IllegalArgumentException("pseudo-labels of weight " + weight + " by " + teachers.size()
                    + " teachers: name a teacher and a weight above 0, or neither");
        }
        Checks.present("boxes", boxes);
        Checks.present("masks", masks);
        Checks.present("empty", empty);
        Checks.atLeast("maxBoxes", maxBoxes, 1);
    }

    /** No teacher. */
    public static PseudoLabelSettings none() {
        return SettingsRecord.defaults(PseudoLabelSettings.class);
    }

    /** The labels of these teachers with weight 1: boxes of a score above 0.5, pixels of a probability above 0.9. */
    public static PseudoLabelSettings of(List<String> teachers) {
        return none().with(change -> change.weight(1).teachers(teachers));
    }

    /** The same with other thresholds. */
    public PseudoLabelSettings withConfidence(Confidence ofBoxes, Confidence ofMasks) {
        return withBoxes(ofBoxes).withMasks(ofMasks);
    }
}
