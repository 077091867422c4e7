package tandem.bench.gpu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.data.BadFiles;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageLists;
import tandem.model.data.VocReader;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.synthetic.SyntheticInspection;
import tandem.model.train.StepLosses;
import tandem.model.train.TrainingStep;
import tandem.tools.FolderTree;

/**
 * Trains a few steps on synthetic, partially annotated images and prints the losses of each step and the SHA-256 of all
 * variables at the end. Two runs with the same output computed the same bits.
 */
final class CurvePart {

    private static final int IMAGES = 64;
    /** Small enough that rounding differences stay small within the steps. */
    private static final double LEARNING_RATE = 1e-3;

    private CurvePart() {}

    static void run(Settings settings) throws IOException {
        int steps = settings.number("steps", 50);
        int size = settings.number("side", 160);
        TrainingSettings training = settings.training();
        Path folder = Files.createTempDirectory("tandem-curve");
        try (Device device = settings.open()) {
            settings.requireAllRead();
            new SyntheticInspection(size, size, IMAGES, 1, 1.5, 1, 5).write(folder);
            DataSet data = VocReader.open(folder)
                    .read("train", ImageLists.partial("Partial/train-boxes", "Partial/train-masks"), BadFiles.stop());
            NetworkSettings network = NetworkSettings.small(data.boxClasses(), data.maskClasses(), size);
            ImageCache images = new ImageCache(data, network.conversion(), Long.MAX_VALUE);
            BatchShape shape = BatchShape.of(images, training.batches().size());
            try (TrainingStep step = new TrainingStep(device, new Network(network), training, shape);
                    BatchStager stager = BatchStager.training(
                            images,
                            shape,
                            1,
                            SamplerState.start(0),
                            Sampling.PROPORTIONAL,
                            AugmentationSettings.standard())) {
                GpuCheck.print(train(step, stager, steps, size).put("device", device.description()));
            }
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static ObjectNode train(TrainingStep step, BatchStager stager, int steps, int size) {
        ObjectNode line = GpuCheck.line();
        ArrayNode total = line.putArray("total");
        ArrayNode location = line.putArray("location");
        ArrayNode confidence = line.putArray("confidence");
        ArrayNode segmentation = line.putArray("segmentation");
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            step.run(stager, i, PixelSize.square(size), LEARNING_RATE);
            StepLosses losses = step.losses();
            total.add(losses.total());
            location.add(losses.location());
            confidence.add(losses.confidence());
            segmentation.add(losses.segmentation());
        }
        line.put("seconds", (System.nanoTime() - start) / 1e9);
        return line.put("sha256", digest(step));
    }

    private static String digest(TrainingStep step) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Variables.Variable variable : step.variables().all()) {
                for (float value : step.weights().read(variable.tensor())) {
                    int bits = Float.floatToRawIntBits(value);
                    digest.update(
                            new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
