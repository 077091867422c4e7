package tandem.tools.train;

import static tandem.tools.train.NetworkOptions.or;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.distillation.DistillationSettings;
import tandem.model.distillation.DistilledImages;
import tandem.model.distillation.FeatureLossType;
import tandem.model.distillation.TeacherSettings;
import tandem.model.train.TrainingSettings;
import tandem.tools.InputException;

/** Which trained networks to learn from, and how. */
public final class DistillationOptions {

    /** Losses between feature maps, by the names users know. */
    enum Imitated {
        NONE(FeatureLossType.NONE),
        MSE(FeatureLossType.MEAN_SQUARE),
        PDF(FeatureLossType.PDF),
        DEFEAT(FeatureLossType.DEFEAT);

        private final FeatureLossType type;

        Imitated(FeatureLossType type) {
            this.type = type;
        }
    }

    @Option(
            names = "--teacher-detection",
            paramLabel = "FILE",
            order = 90,
            description = "Learn boxes from that trained network too: a checkpoint with the same box classes.")
    private Path detection;

    @Option(
            names = "--teacher-segmentation",
            paramLabel = "FILE",
            order = 91,
            description = "Learn masks from that trained network too: a checkpoint with the same mask classes.")
    private Path segmentation;

    @Option(
            names = "--teacher-images",
            paramLabel = "WHICH",
            order = 92,
            description = {
                "Images that a teacher is asked about: labelled (for its task), unlabelled, or all.",
                "Default: all."
            })
    private DistilledImages images;

    @Option(
            names = "--imitate",
            paramLabel = "NAME",
            order = 93,
            description = {
                "Draw the neck's maps to the teacher's: none, mse (mean square), pdf (most where predictions disagree), or defeat",
                "(foreground and background one half each). Default: none."
            })
    private Imitated imitated;

    @Option(
            names = "--levels",
            paramLabel = "N",
            split = ",",
            order = 94,
            description = {
                "Pyramid levels to imitate, 0 the finest; auto for those least alike, measured anew every --similarity-every steps.",
                "Default: all."
            })
    private List<String> levels;

    @Option(
            names = "--similarity-every",
            paramLabel = "STEPS",
            order = 95,
            description =
                    "Measure how alike the maps of student and teachers are; 0 for never. Default: 0, with --levels auto 100.")
    private Integer similarityEvery;

    @Option(
            names = "--teacher-weight",
            paramLabel = "X",
            order = 96,
            description = "Factor of the losses between outputs. Default: 1.")
    private Float outputWeight;

    @Option(
            names = "--imitate-weight",
            paramLabel = "X",
            order = 97,
            description = "Factor of the losses between maps. Default: 1.")
    private Float featureWeight;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            order = 98,
            description = "Divide the logits of both by this before they are compared. Default: 1.")
    private Float temperature;

    @Option(names = "--no-labels", order = 99, description = "Learn from the teachers alone (self-training).")
    private boolean unlabelled;

    /**
     * {@code base} with the teachers that were named.
     *
     * @throws InputException when a file is not there, or the options do not fit each other
     */
    public TrainingSettings settings(TrainingSettings base) {
        if (detection == null && segmentation == null) {
            if (images != null
                    || imitated != null
                    || levels != null
                    || similarityEvery != null
                    || outputWeight != null
                    || featureWeight != null
                    || temperature != null
                    || unlabelled) {
                throw new InputException(
                        "there is no teacher to learn from: name one with --teacher-detection or --teacher-segmentation");
            }
            return base;
        }
        boolean automatic = levels != null && levels.contains("auto");
        if (automatic && levels.size() > 1) {
            throw new InputException("--levels auto stands alone");
        }
        try {
            return base.withDistillation(new DistillationSettings(
                    teacher("--teacher-detection", detection),
                    teacher("--teacher-segmentation", segmentation),
                    !unlabelled,
                    or(imitated, Imitated.NONE).type,
                    automatic ? List.of() : numbers(),
                    automatic,
                    or(similarityEvery, automatic ? DistillationSettings.SIMILARITY_EVERY : 0)));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    /**
     * Whether boxes are learned from a teacher, so that a network needs its detection head whatever the images carry.
     */
    boolean teachesBoxes() {
        return detection != null;
    }

    /** Likewise for masks. */
    boolean teachesMasks() {
        return segmentation != null;
    }

    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        for (String level : levels == null ? List.<String>of() : levels) {
            try {
                numbers.add(Integer.valueOf(level));
            } catch (NumberFormatException e) {
                throw new InputException("--levels " + level + ": expected numbers of levels, or auto");
            }
        }
        return numbers;
    }

    private TeacherSettings teacher(String option, Path file) {
        if (file == null) {
            return null;
        }
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    option + " " + file + ": no such file; give the checkpoint.safetensors of a finished run");
        }
        try {
            return TeacherSettings.of(file.toAbsolutePath().normalize())
                    .on(or(images, DistilledImages.ALL))
                    .at(or(temperature, 1f))
                    .withWeights(or(outputWeight, 1f), or(featureWeight, 1f));
        } catch (IOException e) {
            throw new InputException(option + " " + file + ": cannot be read: " + e.getMessage());
        }
    }
}
