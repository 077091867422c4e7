package tandem.bench.inspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.QuantizedLayers;
import tandem.model.weights.SafetensorsReader;
import tandem.tools.cli.Tandem;

/**
 * A network in int8 twice, calibrated on the same images: by {@code tandem quantize}, and by ONNX Runtime's quantizer
 * in a process of Python, {@code bench/peers/quantize_onnx.py}.
 *
 * @param convolutions of the network
 * @param tandem how many Tandem computes on bytes
 * @param other how many ONNX Runtime does
 */
record QuantizedNetworks(int convolutions, int tandem, int other) {

    /** Enough for initial weights, which have no loss to measure. */
    private static final int IMAGES_FOR_INITIAL_WEIGHTS = 4;

    private static final int BYTE = 127;

    /** Writes both files, if they are not there. */
    static QuantizedNetworks prepare(Peer.Launch launch, Workload workload) throws IOException {
        Path folder = launch.folder();
        Path ours = workload.weights(folder, Precision.INT8);
        Images images = Images.of(folder, workload.size());
        images.prepare();
        if (!Files.exists(ours)) {
            quantize(launch, workload, images, ours);
        }
        Path counts = folder.resolve(workload.onnx(folder, Precision.INT8).getFileName() + ".json");
        if (!Files.exists(counts)) {
            quantizeWithOnnxRuntime(launch, workload, images, counts);
        }
        JsonNode other = new ObjectMapper().readTree(counts.toFile());
        try (SafetensorsReader reader = SafetensorsReader.open(ours)) {
            QuantizedLayers layers = NetworkMetadata.quantizedLayers(reader, NetworkMetadata.network(reader));
            return new QuantizedNetworks(
                    other.get("convolutions").asInt(),
                    layers.names().size(),
                    other.get("bytes").asInt());
        }
    }

    private static boolean isTrained(Peer.Launch launch, Workload workload) {
        return launch.trained() && workload == Workload.DEMO_160;
    }

    /** Images to calibrate with. */
    private static int count(Peer.Launch launch, Workload workload) {
        return isTrained(launch, workload) ? Images.COUNT : IMAGES_FOR_INITIAL_WEIGHTS;
    }

    private static void quantize(Peer.Launch launch, Workload workload, Images images, Path target) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "quantize",
                workload.weights(launch.folder(), Precision.FLOAT32).toString(),
                "--data",
                images.folder().toString(),
                "--device",
                "cpu",
                "--threads",
                Integer.toString(launch.threads()),
                "--output",
                target.toString()));
        String calibration = images.calibration(count(launch, workload));
        command.addAll(List.of("--calibration", calibration));
        command.addAll(
                isTrained(launch, workload)
                        ? List.of("--val", "Main/val")
                        : List.of("--val", calibration, "--max-loss", "1"));
        Path log = launch.folder().resolve(target.getFileName() + ".log");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(log))) {
            if (Tandem.run(out, out, command.toArray(String[]::new)) != 0) {
                throw new IOException("'tandem quantize' failed; see " + log);
            }
        }
    }

    private static void quantizeWithOnnxRuntime(Peer.Launch launch, Workload workload, Images images, Path counts)
            throws IOException {
        Path folder = launch.folder();
        List<String> command = new ArrayList<>(launch.quantizer());
        command.addAll(List.of(
                workload.onnx(folder, Precision.FLOAT32).toString(),
                images.calibration().toString(),
                workload.onnx(folder, Precision.INT8).toString(),
                "--size",
                Integer.toString(workload.size()),
                "--count",
                Integer.toString(count(launch, workload))));
        try (CpuDevice device = new CpuDevice()) {
            if (device.dnn().maxFilterByte() < BYTE) {
                command.add("--seven-bit-weights");
            }
        }
        Path log = folder.resolve(counts.getFileName() + ".log");
        Path partial = folder.resolve(counts.getFileName() + ".part");
        Process process = new ProcessBuilder(command)
                .redirectError(log.toFile())
                .redirectOutput(partial.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed; see " + log);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        Files.move(partial, counts);
    }
}
