package tandem.tools.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.EvaluatedImage;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.Evaluator;
import tandem.model.network.NetworkSettings;
import tandem.tools.RgbImage;
import tandem.tools.console.LiveLine;
import tandem.tools.report.Section;

/**
 * Evaluates a network on held-out images and makes figures of some of them: input, ground truth and prediction side by
 * side.
 */
final class HeldOut {

    /** Name of the folder of the figures. */
    static final String PANELS = "panels";

    private static final float SHOWN_SCORE = 0.3f;

    private final NetworkSettings network;
    private final DataSet data;
    private final Path panelFolder;
    private final Overlay overlay;
    private final Set<String> shown;
    private final List<Section.Figure> panels = new ArrayList<>();

    /**
     * @param folder the output folder
     * @param panels number of figures, for evenly spaced images of the data
     */
    HeldOut(NetworkSettings network, DataSet data, Path folder, int panels) throws IOException {
        this.network = network;
        this.data = data;
        this.panelFolder = Files.createDirectories(folder.resolve(PANELS));
        this.overlay = new Overlay(new ClassColors(network.boxClasses(), network.maskClasses()));
        Set<Integer> indices = new TreeSet<>();
        for (int i = 0; i < panels; i++) {
            indices.add((int) ((long) i * data.size() / panels));
        }
        this.shown =
                indices.stream().map(index -> data.samples().get(index).id()).collect(Collectors.toSet());
    }

    /** Evaluates all images. */
    Evaluation run(FoldedModel model, int batch, int threads, LiveLine line) {
        Evaluator evaluator = new Evaluator(network.boxClasses(), network.maskClasses());
        int[] done = {0};
        DataSetInference.evaluate(
                model, data, Math.min(batch, data.size()), threads, NonMaximumSuppression.Settings.DEFAULT, image -> {
                    image.addTo(evaluator);
                    if (shown.contains(image.sample().id())) {
                        show(image);
                    }
                    line.update(++done[0], data.size(), "evaluating  image " + done[0] + "/" + data.size());
                });
        return evaluator.result();
    }

    private void show(EvaluatedImage image) {
        Sample sample = image.sample();
        List<Detection> detections = image.found().detections().stream()
                .filter(detection -> detection.score() >= SHOWN_SCORE)
                .toList();
        byte[] png = ImageFiles.png(overlay.comparison(
                sample.id(),
                RgbImage.of(ImageDecoder.decode(sample.image())),
                image.truth(),
                image.trueMask(),
                detections,
                image.found().maskBytes()));
        try {
            Files.write(panelFolder.resolve(sample.id().replaceAll("[^A-Za-z0-9._-]", "_") + ".png"), png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        panels.add(new Section.Figure(
                sample.id() + ": input, ground truth, prediction (boxes with a score of at least " + SHOWN_SCORE + ")",
                png));
    }

    /** The figures, for a report. */
    Section.Figures panels() {
        return new Section.Figures("Held-out images", panels, "");
    }
}
