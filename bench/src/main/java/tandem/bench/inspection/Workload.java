package tandem.bench.inspection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.synthetic.SyntheticInspection;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;
import tandem.tools.onnx.FrameFormat;
import tandem.tools.onnx.OnnxExport;

/** A network, and an RGB frame of its input size, so that neither side has to resize. */
enum Workload {
    /** The published network. */
    STANDARD_320("standard network, 320 pixels", 320),
    /** The same for smaller images. */
    STANDARD_224("standard network, 224 pixels", 224),
    /** The network of {@code tandem demo}. */
    DEMO_160("network of the demo, 160 pixels", 160),
    /** An eighth of its channels, for long runs. */
    SMALL_64("network of the demo with an eighth of its channels, 64 pixels", 64);

    /** Detections of the frame, about; initial weights give all boxes nearly the same score. */
    private static final int DETECTIONS = 20;

    private static final List<String> FOUR = SyntheticInspection.CLASSES;
    private static final List<String> SIX =
            Stream.concat(FOUR.stream(), Stream.of("fifth", "sixth")).toList();

    private final String title;
    private final int size;

    Workload(String title, int size) {
        this.title = title;
        this.size = size;
    }

    String title() {
        return title;
    }

    /** Columns and rows of the frame and of the network's input. */
    int size() {
        return size;
    }

    /** The name of its files. */
    private String file() {
        return name().toLowerCase(Locale.ROOT);
    }

    Path weights(Path folder, Precision precision) {
        return folder.resolve(file() + precision.suffix() + ".safetensors");
    }

    Path onnx(Path folder, Precision precision) {
        return folder.resolve(file() + precision.suffix() + ".onnx");
    }

    private Path threshold(Path folder) {
        return folder.resolve(file() + ".threshold");
    }

    private NetworkSettings settings() {
        return switch (this) {
            case STANDARD_320, STANDARD_224 -> NetworkSettings.standard(SIX, SIX, size);
            case DEMO_160 -> NetworkSettings.small(FOUR, FOUR, size);
            case SMALL_64 ->
                NetworkSettings.small(FOUR, FOUR, size)
                        .with(change ->
                                change.encoderChannels(4).neckChannels(8).segmentationChannels(8));
        };
    }

    /** Noise. */
    ByteBuffer frame() {
        byte[] noise = new byte[3 * size * size];
        new SplittableRandom(3).nextBytes(noise);
        return ByteBuffer.allocateDirect(noise.length).put(noise).flip();
    }

    /** The settings that both sides use. */
    NonMaximumSuppression.Settings suppression(Path folder) throws IOException {
        return suppression(Float.parseFloat(Files.readString(threshold(folder))));
    }

    private static NonMaximumSuppression.Settings suppression(float score) {
        return new NonMaximumSuppression.Settings(score, 0.5f, 1000, 100, false);
    }

    /**
     * Writes weights and the exported file, if they are not there.
     *
     * @param demo a checkpoint of the demo, for its network; null for initial weights
     */
    void prepare(Path folder, Path demo) throws IOException {
        if (Files.exists(onnx(folder, Precision.FLOAT32))) {
            return;
        }
        NetworkSettings settings = settings();
        try (CpuDevice device = new CpuDevice()) {
            try (SafetensorsReader trained = this == DEMO_160 && demo != null ? SafetensorsReader.open(demo) : null) {
                NetworkSettings used = trained == null
                        ? settings
                        : NetworkMetadata.read(trained).with(change -> change.inputSize(settings.inputSize()));
                Variables variables = new Network(used).variables();
                try (Weights weights = new Weights(device, variables)) {
                    if (trained == null) {
                        weights.initialize(1);
                    } else {
                        WeightsFile.load(trained, "", variables, weights);
                    }
                    SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), used);
                    WeightsFile.add(writer, "", variables, weights);
                    writer.write(weights(folder, Precision.FLOAT32));
                }
            }
            Files.writeString(threshold(folder), Float.toString(threshold(device, folder)));
            try (FoldedModel model = FoldedModel.load(weights(folder, Precision.FLOAT32), device)) {
                Files.write(
                        onnx(folder, Precision.FLOAT32),
                        OnnxExport.model(
                                model, new OnnxExport.Options(FrameFormat.RGB, null, true, suppression(folder))));
            }
        }
    }

    /** Between the scores of two detections, so that rounding does not decide. */
    private float threshold(CpuDevice device, Path folder) throws IOException {
        try (Inspector inspector = Inspector.load(weights(folder, Precision.FLOAT32), device, suppression(0.0005f))) {
            Inspection found = inspector.inspect(frame(), PixelFormat.RGB, size, size, 3 * size);
            int best = Math.min(DETECTIONS, found.boxes() - 1);
            int at = best;
            for (int i = best / 2; i < best; i++) {
                if (found.score(i - 1) - found.score(i) > found.score(at - 1) - found.score(at)) {
                    at = i;
                }
            }
            return (found.score(at - 1) + found.score(at)) / 2;
        }
    }
}
