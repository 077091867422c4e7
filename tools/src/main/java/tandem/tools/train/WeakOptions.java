package tandem.tools.train;

import static tandem.tools.train.NetworkOptions.or;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import picocli.CommandLine.Option;
import tandem.model.data.DataSet;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NetworkSettings;
import tandem.model.weak.Confidence;
import tandem.model.weak.GrabCutMaskSettings;
import tandem.model.weak.PseudoLabelSettings;
import tandem.model.weak.RegionBoxSettings;
import tandem.model.weak.WeakSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.InputException;

/** Labels that nobody drew. */
final class WeakOptions {

    @Option(
            names = "--box-for-mask",
            paramLabel = "WEIGHT",
            order = 70,
            description =
                    "Teach masks by boxes: an image with boxes and no mask is given one by GrabCut, which counts WEIGHT; a drawn "
                            + "mask counts 1.")
    private Float boxForMask;

    @Option(
            names = "--box-for-mask-inside",
            paramLabel = "HOW",
            order = 71,
            description =
                    "grab_cut, fill (the whole box is the object) or ignore (only the background around boxes is learned).")
    private GrabCutMaskSettings.Inside inside;

    @Option(
            names = "--box-for-mask-failure",
            paramLabel = "HOW",
            order = 72,
            description = "ignore or fill a box of which GrabCut takes hardly anything or nearly all.")
    private GrabCutMaskSettings.Failure failure;

    @Option(
            names = "--mask-for-box",
            paramLabel = "WEIGHT",
            order = 73,
            description =
                    "Teach boxes by masks: an image with a mask and no boxes is given one around each region, which count WEIGHT.")
    private Float maskForBox;

    @Option(
            names = "--mask-for-box-from",
            paramLabel = "EPOCH",
            order = 74,
            description =
                    "From this epoch on, counted from 1, split and merge regions by what the averaged weights find; 0 for never. "
                            + "Default: 2.")
    private Integer refineFrom;

    @Option(
            names = "--pseudo-labels",
            paramLabel = "FILE",
            split = ",",
            order = 75,
            description = "Teach images that lack boxes or a mask by what these checkpoints are sure of.")
    private List<Path> teachers;

    @Option(
            names = "--pseudo-weight",
            paramLabel = "WEIGHT",
            order = 76,
            description = "How much an image with such labels counts. Default: 1.")
    private Float pseudoWeight;

    @Option(
            names = "--pseudo-score",
            paramLabel = "X",
            order = 77,
            description = "Believe boxes of at least this score. Default: 0.5.")
    private Float score;

    @Option(
            names = "--pseudo-class-score",
            paramLabel = "CLASS=X",
            order = 78,
            description = "The same for boxes of one class; may be repeated.")
    private Map<String, Float> classScores;

    @Option(
            names = "--pseudo-probability",
            paramLabel = "X",
            order = 79,
            description = "Believe pixels of at least this probability; the others are ignored. Default: 0.9.")
    private Float probability;

    @Option(
            names = "--pseudo-class-probability",
            paramLabel = "CLASS=X",
            order = 80,
            description = "The same for pixels of one class, or of background; may be repeated.")
    private Map<String, Float> classProbabilities;

    @Option(
            names = "--pseudo-quantile",
            paramLabel = "SHARE",
            order = 81,
            description =
                    "Of each class also drop this share of its boxes and of its pixels, the least sure. Default: 0.")
    private Float quantile;

    @Option(
            names = "--pseudo-empty",
            order = 82,
            description = "Take an image in which no object is sure for empty, instead of leaving it out.")
    private boolean empty;

    @Option(
            names = "--weak-ramp",
            paramLabel = "SHARE",
            order = 83,
            description = "Over this share of the run's steps all these weights rise from 0. Default: 0.1.")
    private Float ramp;

    /**
     * The settings.
     *
     * @throws InputException for options that do not fit together
     */
    WeakSettings settings() {
        alone("--box-for-mask", boxForMask, inside, failure);
        alone("--mask-for-box", maskForBox, refineFrom);
        alone(
                "--pseudo-labels",
                teachers,
                pseudoWeight,
                score,
                classScores,
                probability,
                classProbabilities,
                quantile,
                empty ? true : null);
        try {
            WeakSettings settings = WeakSettings.none()
                    .withBoxForMask(boxForMask())
                    .withMaskForBox(maskForBox())
                    .withPseudoLabels(pseudoLabels());
            if (ramp != null && !settings.any()) {
                throw new InputException("--weak-ramp needs --box-for-mask, --mask-for-box or --pseudo-labels");
            }
            return ramp == null ? settings : settings.withRampShare(ramp);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    private static void alone(String main, Object given, Object... others) {
        for (Object other : others) {
            if (given == null && other != null) {
                throw new InputException(
                        "options that begin with " + main.replaceFirst("-labels", "") + "- need " + main);
            }
        }
    }

    /** How masks are made from boxes; weight 0 when nothing is said. */
    GrabCutMaskSettings boxForMask() {
        GrabCutMaskSettings base = GrabCutMaskSettings.of(or(boxForMask, 0f));
        return base.withInside(or(inside, base.inside())).withFailure(or(failure, base.failure()));
    }

    /** How boxes are made from masks; weight 0 when nothing is said. */
    RegionBoxSettings maskForBox() {
        RegionBoxSettings base = RegionBoxSettings.of(or(maskForBox, 0f));
        return base.withRefineFrom(refineFrom == null ? base.refineFrom() : refineFrom - 1);
    }

    private PseudoLabelSettings pseudoLabels() {
        if (teachers == null) {
            return PseudoLabelSettings.none();
        }
        List<String> files = new ArrayList<>();
        for (Path teacher : teachers) {
            if (!Files.isRegularFile(teacher)) {
                throw new InputException(
                        "--pseudo-labels " + teacher + ": no such file; name a checkpoint made by training");
            }
            files.add(teacher.toAbsolutePath().normalize().toString());
        }
        PseudoLabelSettings base = PseudoLabelSettings.of(files);
        return base.withWeight(or(pseudoWeight, base.weight()))
                .withConfidence(
                        new Confidence(or(score, base.boxes().least()), classScores, or(quantile, 0f)),
                        new Confidence(or(probability, base.masks().least()), classProbabilities, or(quantile, 0f)))
                .withEmpty(empty ? PseudoLabelSettings.EmptyImages.EMPTY : PseudoLabelSettings.EmptyImages.LEFT_OUT);
    }

    /** Whether anything teaches boxes: drawn ones, masks, or a teacher. */
    boolean teachesBoxes(DataSet data) throws IOException {
        return data.boxed() > 0 || or(maskForBox, 0f) > 0 || anyTeacher(NetworkSettings::detects);
    }

    /** Whether anything teaches masks: drawn ones, boxes, or a teacher. */
    boolean teachesMasks(DataSet data) throws IOException {
        return data.masked() > 0 || or(boxForMask, 0f) > 0 || anyTeacher(NetworkSettings::segments);
    }

    private boolean anyTeacher(Predicate<NetworkSettings> does) throws IOException {
        for (Path teacher : teachers == null ? List.<Path>of() : teachers) {
            try (SafetensorsReader reader = SafetensorsReader.open(teacher)) {
                if (does.test(FoldedModel.settings(reader))) {
                    return true;
                }
            }
        }
        return false;
    }
}
