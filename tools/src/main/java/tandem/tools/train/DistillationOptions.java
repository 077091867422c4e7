package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.declaration.SettingsRecord;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.tools.InputException;

/** Which trained networks to learn from, and how. */
public final class DistillationOptions {

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
            names = "--levels",
            paramLabel = "N",
            split = ",",
            order = 94,
            description = {
                "Pyramid levels to imitate, 0 the finest; auto for those with the lowest similarity, measured again every --similarity-every steps.",
                "Default: all."
            })
    private List<String> levels;

    @Mixin
    private final DeclaredOptions declared = new DeclaredOptions(
            DistillationSettings.class, SettingsRecord.defaultValues(DistillationSettings.class), path -> true);

    DeclaredOptions declared() {
        return declared;
    }

    /**
     * {@code base} with the teachers that were named.
     *
     * @throws InputException when a file is not there, or the options do not fit each other
     */
    public TrainingSettings settings(TrainingSettings base) {
        if (detection == null && segmentation == null) {
            if (levels != null || !declared.given().isEmpty()) {
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
            DistillationSettings teachers = DistillationSettings.outputs(
                    teacher("--teacher-detection", detection), teacher("--teacher-segmentation", segmentation));
            return base.withDistillation(declared.apply(
                    automatic
                            ? teachers.withAutomaticLevels(DistillationSettings.SIMILARITY_EVERY)
                            : teachers.withLevels(numbers())));
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

    private static TeacherSettings teacher(String option, Path file) {
        if (file == null) {
            return null;
        }
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    option + " " + file + ": no such file; give the checkpoint.safetensors of a finished run");
        }
        try {
            return TeacherSettings.of(file.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw new InputException(option + " " + file + ": cannot be read: " + e.getMessage());
        }
    }
}
