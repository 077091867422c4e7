package tandem.tools.study;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;
import tandem.model.distillation.Task;
import tandem.model.explain.Evidence;
import tandem.model.explain.Explainer;
import tandem.model.explain.MapName;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.TruthBox;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.tools.RgbImage;
import tandem.tools.explain.HeatOverlay;
import tandem.tools.report.Section;

/** Grad-CAM heat maps of the networks of several runs for the same held-out images and classes, side by side. */
final class GradCamFigures {

    /** Maximum number of classes of an image. */
    private static final int CLASSES = 2;

    /** All levels of the neck, the input of both heads. */
    private static final MapName MAP = new MapName(MapName.Part.NECK, MapName.ALL);

    /** An image and a class to explain. */
    private record Question(Sample sample, String className) {}

    private final Device device;
    private final StageRunner runner;
    private final DataSet shown;
    private final Overlay overlay;

    GradCamFigures(Device device, StageRunner runner, DataSet shown) {
        this.device = device;
        this.runner = runner;
        this.shown = shown;
        this.overlay = new Overlay(new ClassColors(shown.boxClasses(), shown.maskClasses()));
    }

    /**
     * A row of images for each image and class: the ground truth, then for each run the heat map of the boxes and that
     * of the pixels.
     */
    Section of(List<StudyPlan.Run> runs) throws IOException {
        Map<Question, List<Section.Figure>> rows = new LinkedHashMap<>();
        int sampleBits = SampleBits.of(SampleBits.of(shown));
        for (Sample sample : shown.samples()) {
            DecodedImage decoded = ImageDecoder.decode(sample, sampleBits);
            for (String name : classes(sample)) {
                rows.computeIfAbsent(new Question(sample, name), key -> new ArrayList<>())
                        .add(truth(sample, RgbImage.of(decoded)));
            }
        }
        for (StudyPlan.Run run : runs) {
            for (Task task : Task.values()) {
                explain(run, task, rows);
            }
        }
        return new Section.Gallery(
                "Grad-CAM heat maps of "
                        + String.join(
                                " and ",
                                runs.stream().map(run -> run.strategy().label()).toList()),
                List.of(),
                rows.entrySet().stream()
                        .map(row -> new Section.Strip(
                                row.getKey().sample().id() + ", class "
                                        + row.getKey().className(),
                                row.getValue()))
                        .toList(),
                "Where the scores of a class come from: yellow parts of the image raise them, dark parts do not. Each heat map has its "
                        + "own scale, from dark (0) to yellow (its maximum), over the feature maps of all levels of the neck. Compare a network with "
                        + "another by the place of the yellow parts, not by their brightness. Seed "
                        + runs.get(0).seed() + ".");
    }

    private void explain(StudyPlan.Run run, Task task, Map<Question, List<Section.Figure>> rows) throws IOException {
        Stage stage = run.networks().of(task);
        int pixels = shown.samples().stream()
                .mapToInt(sample -> sample.width() * sample.height())
                .max()
                .orElseThrow();
        try (FoldedModel model = FoldedModel.load(runner.weights(stage), device);
                Explainer explainer = new Explainer(model, pixels)) {
            Sample current = null;
            BufferedImage image = null;
            for (Map.Entry<Question, List<Section.Figure>> row : rows.entrySet()) {
                Sample sample = row.getKey().sample();
                if (sample != current) {
                    DecodedImage decoded = ImageDecoder.decode(
                            sample, model.network().settings().sampleBits());
                    explainer.run(decoded);
                    image = overlay.enlarge(RgbImage.of(decoded));
                    current = sample;
                }
                figure(explainer, run.strategy().label(), task, row.getKey().className(), image)
                        .ifPresent(row.getValue()::add);
            }
        }
    }

    private Optional<Section.Figure> figure(
            Explainer explainer, String strategy, Task task, String className, BufferedImage image) {
        int label = shown.boxClasses().indexOf(className);
        int value = shown.maskClasses().indexOf(className) + 1;
        if (task == Task.DETECTION ? label < 0 : value == 0) {
            return Optional.empty();
        }
        Evidence evidence =
                task == Task.DETECTION ? explainer.box(label, List.of(MAP)) : explainer.mask(value, List.of(MAP));
        String caption = task == Task.DETECTION
                ? String.format(Locale.ROOT, "%s, boxes: best score %.2f", strategy, evidence.share())
                : String.format(Locale.ROOT, "%s, pixels: %.1f %% of the image", strategy, 100 * evidence.share());
        return Optional.of(new Section.Figure(
                caption,
                ImageFiles.compact(HeatOverlay.over(image, evidence.heat().get(MAP)))));
    }

    private Section.Figure truth(Sample sample, BufferedImage image) {
        return new Section.Figure(
                "ground truth",
                ImageFiles.compact(overlay.truth(
                        image,
                        sample.boxes()
                                .map(boxes -> boxes.stream().map(TruthBox::of).toList())
                                .orElse(null),
                        ImageDecoder.mask(sample).orElse(null))));
    }

    /** The first classes that are annotated in an image, or the first class of all if none is. */
    private List<String> classes(Sample sample) {
        Set<String> names = new LinkedHashSet<>();
        sample.boxes()
                .ifPresent(boxes ->
                        boxes.forEach(box -> names.add(shown.boxClasses().get(box.label()))));
        byte[] mask = ImageDecoder.mask(sample).orElse(new byte[0]);
        for (byte pixel : mask) {
            int value = pixel & 0xff;
            if (value > 0 && value <= shown.maskClasses().size()) {
                names.add(shown.maskClasses().get(value - 1));
            }
        }
        if (names.isEmpty()) {
            names.add(shown.boxClasses().get(0));
        }
        return names.stream().limit(CLASSES).toList();
    }
}
