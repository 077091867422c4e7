package tandem.model.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.StagedBatch;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.TruthBox;

/** Runs a network over every image of a data set, in its order. */
public final class DataSetInference {

    private DataSetInference() {}

    /**
     * Hands every image's result to {@code consumer}; the {@link Inspection} is filled again for the next one.
     *
     * @param batch images of a batch
     * @param threads threads that decode pictures
     */
    public static void run(
            FoldedModel model,
            ImageCache images,
            int batch,
            int threads,
            NonMaximumSuppression.Settings suppression,
            BiConsumer<Sample, Inspection> consumer) {
        if (images.data().size() == 0) {
            return;
        }
        BatchShape shape = BatchShape.of(images, batch);
        Inspection result = new Inspection();
        try (InferenceProgram program = new InferenceProgram(model, shape.images(), shape.pixels(), suppression);
                BatchStager stager = BatchStager.evaluation(images, shape, threads)) {
            while (stager.hasNext()) {
                StagedBatch staged = stager.next();
                staged.uploadPictures(program.program(), program.pixelInput(), program.parameterInput());
                program.run();
                for (int i = 0; i < staged.size(); i++) {
                    Sample sample = images.data().samples().get(staged.sample(i));
                    program.read(i, sample.width(), sample.height(), result);
                    consumer.accept(sample, result);
                }
            }
        }
    }

    /** All figures over a data set: each image counts for what it is annotated with. */
    public static Evaluation evaluate(
            FoldedModel model, ImageCache images, int batch, int threads, NonMaximumSuppression.Settings suppression) {
        List<String> boxClasses = model.network().settings().boxClasses();
        List<String> maskClasses = model.network().settings().maskClasses();
        Evaluator evaluator = new Evaluator(boxClasses, maskClasses);
        run(model, images, batch, threads, suppression, (sample, found) -> {
            Optional<byte[]> trueMask = maskClasses.isEmpty() ? Optional.empty() : ImageDecoder.mask(sample);
            List<TruthBox> truth = boxClasses.isEmpty()
                    ? null
                    : sample.boxes().map(DataSetInference::truth).orElse(null);
            evaluator.add(
                    sample.id(),
                    detections(found),
                    truth,
                    trueMask.isPresent() ? found.maskBytes() : null,
                    trueMask.orElse(null));
        });
        return evaluator.result();
    }

    /** The boxes that were found, as the metrics take them. */
    public static List<Detection> detections(Inspection found) {
        List<Detection> detections = new ArrayList<>();
        for (int i = 0; i < found.boxes(); i++) {
            detections.add(new Detection(
                    found.label(i),
                    found.score(i),
                    new BoxRegion(found.left(i), found.top(i), found.right(i), found.bottom(i))));
        }
        return detections;
    }

    private static List<TruthBox> truth(List<tandem.model.data.Box> boxes) {
        return boxes.stream()
                .map(box -> new TruthBox(
                        box.label(), new BoxRegion(box.xMin(), box.yMin(), box.xMax(), box.yMax()), box.difficult()))
                .toList();
    }
}
