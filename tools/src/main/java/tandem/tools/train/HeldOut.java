package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.EvaluatedImage;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.inference.Tiling;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.PartCurve;
import tandem.model.metrics.PartOutcome;
import tandem.model.network.NetworkSettings;
import tandem.tools.console.LiveLine;
import tandem.tools.report.PartReport;
import tandem.tools.report.Section;

/** Evaluates a network on held-out images and makes the sections of a report about single images. */
final class HeldOut {

    /** Name of the folder of the figures. */
    static final String PANELS = "panels";

    private final NetworkSettings network;
    private final DataSet data;
    private final Path panelFolder;
    private final HeldOutGallery gallery;
    private final List<PartOutcome> boxes = new ArrayList<>();
    private final List<PartOutcome> masks = new ArrayList<>();
    private Consumer<EvaluatedImage> further = image -> {};

    /**
     * @param folder the output folder
     * @param panels maximum number of images to show
     */
    HeldOut(NetworkSettings network, DataSet data, Path folder, int panels) {
        this.network = network;
        this.data = data;
        this.panelFolder = folder.resolve(PANELS);
        this.gallery = new HeldOutGallery(network, data, panels);
    }

    /** Passes each evaluated image to {@code receiver} too; before the evaluation. */
    void alsoTo(Consumer<EvaluatedImage> receiver) {
        further = receiver;
    }

    /** Evaluates all images, each as a whole. */
    Evaluation run(FoldedModel model, int batch, int threads, LiveLine line) {
        return run(
                line,
                images -> DataSetInference.run(
                        model,
                        data,
                        Math.min(batch, data.size()),
                        threads,
                        NonMaximumSuppression.Settings.DEFAULT,
                        images));
    }

    /** Evaluates all images in tiles. */
    Evaluation runTiled(FoldedModel model, Tiling tiling, int batch, LiveLine line) {
        return run(
                line,
                images -> DataSetInference.runTiled(
                        model, data, tiling, batch, NonMaximumSuppression.Settings.DEFAULT, images));
    }

    private Evaluation run(LiveLine line, Consumer<BiConsumer<Sample, Inspection>> inference) {
        Evaluator evaluator = new Evaluator(network.boxClasses(), network.maskClasses());
        int[] done = {0};
        inference.accept((sample, found) -> {
            EvaluatedImage image = EvaluatedImage.of(network, sample, found);
            image.addTo(evaluator);
            gallery.add(image);
            part(image);
            further.accept(image);
            line.update(++done[0], data.size(), "evaluating  image " + done[0] + "/" + data.size());
        });
        return evaluator.result();
    }

    private void part(EvaluatedImage image) {
        String id = image.sample().id();
        if (image.truth() != null) {
            boxes.add(PartOutcome.ofBoxes(id, image.found().detections(), image.truth()));
        }
        if (image.trueMask() != null) {
            masks.add(PartOutcome.ofMasks(
                    id,
                    image.found().maskBytes(),
                    image.trueMask(),
                    image.found().width()));
        }
    }

    /** False alarms and escapes of boxes; without parts when no image has annotated boxes. */
    PartCurve boxes() {
        return new PartCurve(boxes);
    }

    /** False alarms and escapes of masks; without parts when no image has a mask. */
    PartCurve masks() {
        return new PartCurve(masks);
    }

    /** Both, for text and JSON. */
    PartSummary parts(Optional<Double> wanted) {
        return new PartSummary(boxes(), masks(), wanted);
    }

    /** Images first, then false alarms and escapes. */
    List<Section> sections() throws IOException {
        return sections(Optional.empty());
    }

    /**
     * The same with a threshold for a rate of false alarms per part.
     *
     * @param wanted the rate; may be empty
     */
    List<Section> sections(Optional<Double> wanted) throws IOException {
        List<Section> sections = new ArrayList<>(gallery.sections(panelFolder));
        sections.addAll(PartReport.sections(boxes(), masks(), wanted));
        return sections;
    }
}
