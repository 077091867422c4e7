package tandem.tools.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.Frame;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.InspectorOptions;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.train.TinyNetwork;
import tandem.tools.CommandRun;

/** A trained network finds the same through every way into it. */
@Timeout(240)
class SameEverywhereTest {

    private static final int WIDTH = 70;
    private static final int HEIGHT = 50;
    private static final NonMaximumSuppression.Settings SETTINGS = NonMaximumSuppression.Settings.DEFAULT;

    /** Little memory, since the mock clears it for every convolution that is planned. */
    private static final CudaDevice.Options CUDA = CudaDevice.Options.standard()
            .withWorkspaceLimit(1 << 20)
            .withGraphApi(false)
            .withStagingSlots(4);

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        MockCuda.stop();
    }

    /** What was found in an image: boxes by descending score, and the mask. */
    private record Found(List<Detection> boxes, byte[] mask) {
        static Found of(Inspection found) {
            return new Found(found.detections(), found.maskBytes());
        }
    }

    private static void assertSame(List<Found> expected, List<Found> actual, String way) {
        assertEquals(expected.size(), actual.size(), way);
        for (int image = 0; image < expected.size(); image++) {
            String what = way + ", image " + image;
            List<Detection> boxes = expected.get(image).boxes();
            List<Detection> others = actual.get(image).boxes();
            assertEquals(boxes.size(), others.size(), what);
            for (int i = 0; i < boxes.size(); i++) {
                assertEquals(boxes.get(i).label(), others.get(i).label(), what);
                assertEquals(boxes.get(i).score(), others.get(i).score(), 1e-3, what);
                assertTrue(
                        boxes.get(i).box().intersectionOverUnion(others.get(i).box()) > 0.99, what + ", box " + i);
            }
            byte[] mask = expected.get(image).mask();
            int equal = 0;
            for (int i = 0; i < mask.length; i++) {
                equal += mask[i] == actual.get(image).mask()[i] ? 1 : 0;
            }
            assertTrue(equal > 0.999 * mask.length, what + ": " + equal + " of " + mask.length + " pixels");
        }
    }

    private static List<Found> inspected(Path checkpoint, Device device, List<byte[]> frames, boolean submitted)
            throws IOException {
        List<Found> found = new ArrayList<>();
        try (Inspector inspector = Inspector.load(checkpoint, device, InspectorOptions.standard())) {
            for (byte[] rgb : frames) {
                Frame frame = Frame.of(ByteBuffer.wrap(rgb), PixelFormat.RGB, WIDTH, HEIGHT);
                found.add(Found.of(
                        submitted
                                ? inspector.submit(frame, new Inspection()).join()
                                : inspector.inspect(frame, new Inspection())));
            }
        }
        return found;
    }

    private List<Found> predicted(Path checkpoint, List<Path> files) throws IOException {
        Path output = folder.resolve("predicted");
        List<String> command = new ArrayList<>(List.of(
                "predict",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                checkpoint.toString(),
                "--output",
                output.toString()));
        files.forEach(file -> command.add(file.toString()));
        CommandRun run = CommandRun.of(command.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        JsonNode results = new ObjectMapper().readTree(Files.readAllBytes(output.resolve("results.json")));
        List<Found> found = new ArrayList<>();
        for (int image = 0; image < files.size(); image++) {
            List<Detection> boxes = new ArrayList<>();
            for (JsonNode box : results) {
                if (box.get("image_id").asInt() == image + 1) {
                    JsonNode corners = box.get("bbox");
                    double left = corners.get(0).asDouble();
                    double top = corners.get(1).asDouble();
                    boxes.add(new Detection(
                            box.get("category_id").asInt() - 1,
                            box.get("score").asDouble(),
                            new BoxRegion(
                                    left,
                                    top,
                                    left + corners.get(2).asDouble(),
                                    top + corners.get(3).asDouble())));
                }
            }
            BufferedImage mask = ImageIO.read(output.resolve("masks")
                    .resolve(files.get(image).getFileName().toString())
                    .toFile());
            found.add(new Found(boxes, (byte[]) mask.getRaster().getDataElements(0, 0, WIDTH, HEIGHT, null)));
        }
        return found;
    }

    private static List<Found> inOnnxRuntime(byte[] model, List<byte[]> frames) throws OrtException {
        try (OnnxRun run = new OnnxRun(model)) {
            return run.run(frames, WIDTH, HEIGHT, 3, SETTINGS.scoreThreshold(), SETTINGS.detections()).stream()
                    .map(output -> new Found(
                            output.found().stream()
                                    .map(box -> new Detection(
                                            box.label(),
                                            box.score(),
                                            new BoxRegion(box.box()[0], box.box()[1], box.box()[2], box.box()[3])))
                                    .toList(),
                            output.mask()))
                    .toList();
        }
    }

    @Test
    void evalPredictInspectorTheMockGpuAndOnnxRuntimeFindTheSame() throws IOException, OrtException {
        TinyNetwork network = TinyNetwork.train(folder, WIDTH, HEIGHT, 60);
        Path checkpoint = network.checkpoint();
        List<Path> files =
                network.images().data().samples().stream().map(Sample::image).toList();
        List<byte[]> frames =
                files.stream().map(file -> ImageDecoder.decode(file).rgb()).toList();
        List<Found> evaluated = new ArrayList<>();
        byte[] exported;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
                DataSetInference.run(
                        model,
                        network.images().data(),
                        4,
                        1,
                        SETTINGS,
                        (sample, found) -> evaluated.add(Found.of(found)));
                exported = OnnxExport.model(model, new OnnxExport.Options(FrameFormat.RGB, null, true, SETTINGS));
            }
            assertTrue(evaluated.stream().allMatch(found -> !found.boxes().isEmpty()), "an image without a box");
            assertTrue(evaluated.stream().anyMatch(found -> contains(found.mask(), 1)), "no mask");
            assertSame(evaluated, inspected(checkpoint, device, frames, false), "Inspector");
            assertSame(evaluated, inspected(checkpoint, device, frames, true), "Inspector, submitted");
        }
        assertSame(evaluated, predicted(checkpoint, files), "predict");
        assertSame(evaluated, inOnnxRuntime(exported, frames), "ONNX Runtime");
        MockCuda.start();
        try (Device device = CudaDevice.open(0, CUDA)) {
            assertSame(evaluated, inspected(checkpoint, device, frames, false), "mock GPU");
        }
    }

    private static boolean contains(byte[] mask, int value) {
        for (byte pixel : mask) {
            if (pixel == value) {
                return true;
            }
        }
        return false;
    }
}
