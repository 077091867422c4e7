package tandem.model.inference;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.StagedBatch;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.Evaluator;
import tandem.model.network.NetworkSettings;

/** Runs a network over every image of a data set, in its order. */
public final class DataSetInference {

    private DataSetInference() {}

    /**
     * Passes every image's result to {@code consumer}; the {@link Inspection} is overwritten by the next one. A network
     * that was trained on crops divides images into tiles.
     *
     * @param batch images per batch, or tiles
     * @param threads threads that decode images
     */
    public static void run(
            FoldedModel model,
            DataSet data,
            int batch,
            int threads,
            NonMaximumSuppression.Settings suppression,
            BiConsumer<Sample, Inspection> consumer) {
        if (data.size() == 0) {
            return;
        }
        if (model.network().settings().crops()) {
            Tiling tiling = Tiling.automatic(model.network().settings()).orElseThrow();
            runTiled(model, data, tiling, batch, suppression, consumer);
            return;
        }
        ImageCache images = new ImageCache(data, model.network().settings().conversion(), 0);
        try (InferenceProgram program = new InferenceProgram(model, batch, images.maxDecodedPixels(), suppression)) {
            run(program, images, threads, consumer);
        }
    }

    /**
     * The same with a program that can be used again.
     *
     * @param program has room for the images
     * @param images cached up to its limit; its maximum number of pixels is the network's
     */
    public static void run(
            InferenceProgram program, ImageCache images, int threads, BiConsumer<Sample, Inspection> consumer) {
        DataSet data = images.data();
        BatchShape shape = BatchShape.of(images, program.images());
        Inspection result = new Inspection();
        try (BatchStager stager = BatchStager.evaluation(images, shape, threads)) {
            while (stager.hasNext()) {
                StagedBatch staged = stager.next();
                staged.uploadImages(program.program(), program.pixelInput(), program.parameterInput());
                program.run();
                for (int i = 0; i < staged.size(); i++) {
                    Sample sample = data.samples().get(staged.sample(i));
                    program.read(i, sample.width(), sample.height(), result);
                    consumer.accept(sample, result);
                }
            }
        }
    }

    /**
     * Passes every image's result to {@code consumer}, found in tiles of the image at its full size; the
     * {@link Inspection} is overwritten by the next one.
     *
     * @param batch tiles that pass through the network together
     */
    public static void runTiled(
            FoldedModel model,
            DataSet data,
            Tiling tiling,
            int batch,
            NonMaximumSuppression.Settings suppression,
            BiConsumer<Sample, Inspection> consumer) {
        int bits = model.network().settings().sampleBits();
        try (TiledInference tiles = new TiledInference(model, tiling, batch, suppression)) {
            runTiled(tiles, data, i -> ImageDecoder.decode(data.samples().get(i), bits), consumer);
        }
    }

    /**
     * The same with tiles that can be used again.
     *
     * @param images decodes image i of the data set at its full size
     */
    public static void runTiled(
            TiledInference tiles,
            DataSet data,
            IntFunction<DecodedImage> images,
            BiConsumer<Sample, Inspection> consumer) {
        Inspection result = new Inspection();
        for (int i = 0; i < data.size(); i++) {
            DecodedImage image = images.apply(i);
            tiles.inspect(image.rows(), image.width(), image.height(), result);
            consumer.accept(data.samples().get(i), result);
        }
    }

    /** Passes every image's result and ground truth to {@code consumer}. */
    public static void evaluate(
            FoldedModel model,
            DataSet data,
            int batch,
            int threads,
            NonMaximumSuppression.Settings suppression,
            Consumer<EvaluatedImage> consumer) {
        NetworkSettings network = model.network().settings();
        run(
                model,
                data,
                batch,
                threads,
                suppression,
                (sample, found) -> consumer.accept(EvaluatedImage.of(network, sample, found)));
    }

    /** All figures over a data set: each image is used for the figures of its annotations. */
    public static Evaluation evaluate(
            FoldedModel model, DataSet data, int batch, int threads, NonMaximumSuppression.Settings suppression) {
        NetworkSettings network = model.network().settings();
        Evaluator evaluator = new Evaluator(network.boxClasses(), network.maskClasses());
        evaluate(model, data, batch, threads, suppression, image -> image.addTo(evaluator));
        return evaluator.result();
    }
}
