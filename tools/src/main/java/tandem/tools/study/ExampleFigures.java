package tandem.tools.study;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.distillation.Task;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.figure.Sheet;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Detection;
import tandem.model.metrics.TruthBox;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.tools.RgbImage;
import tandem.tools.report.Section;

/** Predictions of all strategies for the same held-out images, side by side. */
final class ExampleFigures {

    private static final int IMAGES = 4;
    private static final int COLUMNS = 5;
    private static final float SHOWN_SCORE = 0.3f;
    private static final double QUALITY = 0.85;

    /** The predictions of one network for one image; null for a task that the network does not have. */
    private record Found(List<Detection> boxes, byte[] mask) {}

    private final Device device;
    private final StageRunner runner;
    private final DataSet shown;

    /** Uses a few images, evenly spaced among those of {@code validation} with an object. */
    ExampleFigures(Device device, StageRunner runner, DataSet validation) {
        this.device = device;
        this.runner = runner;
        List<Sample> busy =
                validation.samples().stream().filter(ExampleFigures::isBusy).toList();
        List<Sample> from = busy.isEmpty() ? validation.samples() : busy;
        TreeSet<Integer> indices = new TreeSet<>();
        for (int i = 0; i < IMAGES; i++) {
            indices.add((int) ((2L * i + 1) * from.size() / (2 * IMAGES)));
        }
        shown = new DataSet(
                "examples",
                validation.boxClasses(),
                validation.maskClasses(),
                indices.stream().map(from::get).toList());
    }

    private static boolean isBusy(Sample sample) {
        return sample.boxes().map(boxes -> !boxes.isEmpty()).orElse(false)
                || sample.mask().map(mask -> mask.foreground() > 0).orElse(false);
    }

    /** One figure for each image: input, ground truth, then the prediction of each run. */
    Section.Figures of(List<StudyPlan.Run> runs) throws IOException {
        Map<Stage, Map<String, Found>> found = new HashMap<>();
        for (StudyPlan.Run run : runs) {
            for (Stage stage : run.networks().distinct()) {
                if (!found.containsKey(stage)) {
                    found.put(stage, predict(stage));
                }
            }
        }
        ClassColors colors = new ClassColors(shown.boxClasses(), shown.maskClasses());
        Overlay overlay = new Overlay(colors);
        List<Section.Figure> figures = new ArrayList<>();
        for (Sample sample : shown.samples()) {
            BufferedImage input = RgbImage.of(ImageDecoder.decode(sample.image()));
            List<Sheet.Cell> cells = new ArrayList<>();
            cells.add(new Sheet.Cell("input", overlay.enlarge(input)));
            cells.add(new Sheet.Cell(
                    "truth",
                    overlay.truth(
                            input,
                            sample.boxes()
                                    .map(boxes ->
                                            boxes.stream().map(TruthBox::of).toList())
                                    .orElse(null),
                            ImageDecoder.mask(sample).orElse(null))));
            for (StudyPlan.Run run : runs) {
                List<Detection> boxes = found.get(run.networks().of(Task.DETECTION))
                        .get(sample.id())
                        .boxes();
                byte[] mask = found.get(run.networks().of(Task.SEGMENTATION))
                        .get(sample.id())
                        .mask();
                cells.add(new Sheet.Cell(run.strategy().label(), overlay.prediction(input, boxes, mask)));
            }
            figures.add(new Section.Figure(sample.id(), ImageFiles.jpeg(Sheet.of(cells, COLUMNS, colors), QUALITY)));
        }
        return new Section.Figures(
                "Predictions of each strategy for the same images",
                figures,
                "Seed " + runs.get(0).seed() + ", " + runs.get(0).budget().boxes() + " images with boxes and "
                        + runs.get(0).budget().masks() + " with masks; boxes with a score of at least " + SHOWN_SCORE
                        + ".");
    }

    private Map<String, Found> predict(Stage stage) throws IOException {
        Map<String, Found> found = new LinkedHashMap<>();
        try (FoldedModel model = FoldedModel.load(runner.weights(stage), device)) {
            DataSetInference.run(
                    model,
                    shown,
                    1,
                    1,
                    NonMaximumSuppression.Settings.DEFAULT,
                    (sample, inspection) -> found.put(
                            sample.id(),
                            new Found(
                                    inspection.detections().stream()
                                            .filter(box -> box.score() >= SHOWN_SCORE)
                                            .toList(),
                                    inspection.maskBytes())));
        }
        return found;
    }
}
