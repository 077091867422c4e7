package tandem.tools.study;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.distillation.Task;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
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

    private static final float SHOWN_SCORE = 0.3f;

    /** The predictions of one network for one image; null for a task that the network does not have. */
    private record Found(List<Detection> boxes, byte[] mask) {}

    private final Device device;
    private final StageRunner runner;
    private final DataSet shown;

    ExampleFigures(Device device, StageRunner runner, DataSet shown) {
        this.device = device;
        this.runner = runner;
        this.shown = shown;
    }

    /** A row of images for each image: input, ground truth, then the prediction of each run. */
    Section of(List<StudyPlan.Run> runs) throws IOException {
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
        List<Section.Strip> strips = new ArrayList<>();
        int sampleBits = SampleBits.of(SampleBits.of(shown));
        for (Sample sample : shown.samples()) {
            BufferedImage input = RgbImage.of(ImageDecoder.decode(sample, sampleBits));
            List<Section.Figure> cells = new ArrayList<>();
            cells.add(figure("input", overlay.enlarge(input)));
            cells.add(figure(
                    "ground truth",
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
                cells.add(figure(run.strategy().label(), overlay.prediction(input, boxes, mask)));
            }
            strips.add(new Section.Strip(sample.id(), cells));
        }
        return new Section.Gallery(
                "Predictions of each strategy for the same images",
                Section.Gallery.legend(colors),
                strips,
                "Seed " + runs.get(0).seed() + ", " + runs.get(0).budget().boxes() + " images with boxes and "
                        + runs.get(0).budget().masks() + " with masks; boxes with a score of at least " + SHOWN_SCORE
                        + ".");
    }

    private static Section.Figure figure(String caption, BufferedImage image) {
        return new Section.Figure(caption, ImageFiles.compact(image));
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
