package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.DataSet;
import tandem.model.declaration.SettingsRecord;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.settings.WeakSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.InputException;

/** Weak labels and pseudo-labels. */
final class WeakOptions {

    private static final List<String> GROUPS = List.of("--box-for-mask", "--mask-for-box", "--pseudo");

    @Mixin
    private final DeclaredOptions declared =
            new DeclaredOptions(WeakSettings.class, SettingsRecord.values(WeakSettings.none()), path -> true);

    @Option(
            names = "--mask-for-box-from",
            paramLabel = "EPOCH",
            order = 74,
            description =
                    "From this epoch on, counted from 1, split and merge regions by predictions of the averaged weights; 0 for "
                            + "never. "
                            + "Default: 2.")
    private Integer fromEpoch;

    @Option(
            names = "--pseudo-labels",
            paramLabel = "FILE",
            split = ",",
            order = 75,
            description =
                    "Train images without boxes or without a mask with confident predictions of these checkpoints.")
    private List<Path> teachers;

    DeclaredOptions declared() {
        return declared;
    }

    /**
     * The settings.
     *
     * @throws InputException for options that do not fit together
     */
    WeakSettings settings() {
        if (fromEpoch != null && !declared.given("--mask-for-box")) {
            throw alone("--mask-for-box", "--mask-for-box");
        }
        for (String option : declared.given()) {
            for (String group : GROUPS) {
                String main = group.equals("--pseudo") ? "--pseudo-labels" : group;
                boolean there = group.equals("--pseudo") ? teachers != null : declared.given(group);
                if (option.startsWith(group + "-") && !there) {
                    throw alone(group, main);
                }
            }
        }
        WeakSettings settings = declared.apply(preset());
        if (declared.given("--weak-ramp") && !settings.any()) {
            throw new InputException("--weak-ramp needs --box-for-mask, --mask-for-box or --pseudo-labels");
        }
        return settings;
    }

    private static InputException alone(String group, String main) {
        return new InputException("options that begin with " + group + "- need " + main);
    }

    private WeakSettings preset() {
        WeakSettings none = WeakSettings.none();
        try {
            return none.withMaskForBox(
                            fromEpoch == null
                                    ? none.maskForBox()
                                    : none.maskForBox().withFirstRefinedEpoch(fromEpoch - 1))
                    .withPseudoLabels(teachers == null ? none.pseudoLabels() : PseudoLabelSettings.of(files()));
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage());
        }
    }

    private List<String> files() {
        List<String> files = new ArrayList<>();
        for (Path teacher : teachers) {
            if (!Files.isRegularFile(teacher)) {
                throw new InputException(
                        "--pseudo-labels " + teacher + ": no such file; name a checkpoint made by training");
            }
            files.add(teacher.toAbsolutePath().normalize().toString());
        }
        return files;
    }

    /** How masks are made from boxes; weight 0 when no option is given. */
    GrabCutMaskSettings boxForMask() {
        return declared.apply(GrabCutMaskSettings.none());
    }

    /** How boxes are made from masks; weight 0 when no option is given. */
    RegionBoxSettings maskForBox() {
        return settings().maskForBox();
    }

    /** Whether anything teaches boxes: annotated ones, masks, or a teacher. */
    boolean teachesBoxes(DataSet data) throws IOException {
        return data.boxed() > 0 || maskForBox().weight() > 0 || anyTeacher(NetworkSettings::detects);
    }

    /** Whether anything teaches masks: annotated ones, boxes, or a teacher. */
    boolean teachesMasks(DataSet data) throws IOException {
        return data.masked() > 0 || boxForMask().weight() > 0 || anyTeacher(NetworkSettings::segments);
    }

    private boolean anyTeacher(Predicate<NetworkSettings> does) throws IOException {
        for (Path teacher : teachers == null ? List.<Path>of() : teachers) {
            try (SafetensorsReader reader = SafetensorsReader.open(teacher)) {
                if (does.test(NetworkMetadata.read(reader))) {
                    return true;
                }
            }
        }
        return false;
    }
}
