package tandem.model.validation;

import java.util.function.BiConsumer;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.EvaluatedImage;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.Inspection;
import tandem.model.inference.TiledInference;
import tandem.model.inference.Tiling;
import tandem.model.metrics.Evaluator;
import tandem.model.network.Network;

/**
 * Evaluates the same images again and again while a network trains. Network and program are allocated by the first
 * evaluation and reused by the next ones.
 */
public final class Validation implements AutoCloseable {

    private static final NonMaximumSuppression.Settings SUPPRESSION = NonMaximumSuppression.Settings.DEFAULT;

    private final Device device;
    private final Network network;
    private final ImageCache images;
    private final int batch;
    private final int threads;
    private FoldedModel model;
    private InferenceProgram program;
    /** In place of the program, for a network that was trained on crops. */
    private TiledInference tiles;

    /**
     * @param images at least one
     * @param batch images per batch
     * @param threads threads that decode images
     */
    public Validation(Device device, Network network, ImageCache images, int batch, int threads) {
        this.device = device;
        this.network = network;
        this.images = images.with(network.settings().conversion());
        this.batch = Math.min(batch, images.data().size());
        this.threads = threads;
    }

    /** Number of images. */
    public int images() {
        return images.data().size();
    }

    /** Bytes on the device from the first evaluation on, without the masks at the original size of the images. */
    public long plannedBytes() {
        return plannedBytes(device, network, batch, images.maxDecodedPixels());
    }

    /**
     * The same for images that are not known yet.
     *
     * @param batch images per batch
     * @param pixels maximum number of pixels of a decoded image
     */
    public static long plannedBytes(Device device, Network network, int batch, int pixels) {
        return InferenceProgram.plan(device, network, batch, pixels, SUPPRESSION, DataType.FLOAT32)
                .peakBytes();
    }

    /**
     * Evaluates all images.
     *
     * @param weights values of {@code variables}, which are the trained variables of the network
     */
    public Measurement run(Variables variables, Weights weights) {
        long began = System.nanoTime();
        if (model == null) {
            model = new FoldedModel(device, network, variables, weights);
            if (network.settings().crops()) {
                Tiling tiling = Tiling.automatic(network.settings()).orElseThrow();
                tiles = new TiledInference(model, tiling, batch, SUPPRESSION);
            } else {
                program = new InferenceProgram(model, batch, images.maxDecodedPixels(), SUPPRESSION);
            }
        } else {
            model.update(weights);
        }
        Evaluator evaluator = new Evaluator(
                network.settings().boxClasses(), network.settings().maskClasses());
        float[] maxScore = new float[1];
        BiConsumer<Sample, Inspection> consumer = (sample, found) -> {
            EvaluatedImage.of(network.settings(), sample, found).addTo(evaluator);
            maxScore[0] = found.boxes() == 0 ? maxScore[0] : Math.max(maxScore[0], found.score(0));
        };
        if (tiles != null) {
            DataSetInference.runTiled(tiles, images.data(), images::get, consumer);
        } else {
            DataSetInference.run(program, images, threads, consumer);
        }
        return new Measurement(evaluator.result(), maxScore[0], (System.nanoTime() - began) / 1e9);
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
        }
        if (tiles != null) {
            tiles.close();
        }
        if (model != null) {
            model.close();
        }
    }
}
