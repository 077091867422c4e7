package tandem.tools.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import tandem.model.data.BadFiles;
import tandem.model.data.Box;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.quantization.InputRanges;
import tandem.model.quantization.QuantizedFile;
import tandem.model.synthetic.SyntheticInspection;
import tandem.model.train.TinyNetwork;
import tandem.tools.CommandRun;

/** A trained network finds the same through every way into it. */
@Timeout(240)
class SameEverywhereTest {

    private static final int WIDTH = 70;
    private static final int HEIGHT = 50;
    /** Of the images of {@code tandem demo}. */
    private static final int DEMO_SIZE = 160;

    private static final int DEMO_IMAGES = 16;
    /** System property: the checkpoint of a demo, in place of the stored one. */
    private static final String DEMO_PROPERTY = "tandem.test.demo";

    private static final NonMaximumSuppression.Settings SETTINGS = NonMaximumSuppression.Settings.DEFAULT;

    private static final double SCORE_TOLERANCE = 1e-3;

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
            assertContains(actual.get(image).boxes(), expected.get(image).boxes(), what);
            assertContains(expected.get(image).boxes(), actual.get(image).boxes(), what + ", the other way round");
            byte[] mask = expected.get(image).mask();
            int equal = 0;
            for (int i = 0; i < mask.length; i++) {
                equal += mask[i] == actual.get(image).mask()[i] ? 1 : 0;
            }
            assertTrue(equal > 0.999 * mask.length, what + ": " + equal + " of " + mask.length + " pixels");
        }
    }

    /** Each of {@code boxes} but those whose score may be on the other side of the threshold. */
    private static void assertContains(List<Detection> others, List<Detection> boxes, String what) {
        for (Detection box : boxes) {
            assertTrue(
                    box.score() < SETTINGS.scoreThreshold() + SCORE_TOLERANCE
                            || others.stream()
                                    .anyMatch(other -> box.label() == other.label()
                                            && Math.abs(box.score() - other.score()) <= SCORE_TOLERANCE
                                            && box.box().intersectionOverUnion(other.box()) > 0.99),
                    () -> what + ": " + box + " is not among " + others);
        }
    }

    private static List<Found> inspected(Path checkpoint, Device device, Frames frames, boolean submitted)
            throws IOException {
        List<Found> found = new ArrayList<>();
        try (Inspector inspector = Inspector.load(checkpoint, device, InspectorOptions.standard())) {
            for (byte[] rgb : frames.rgb()) {
                Frame frame = Frame.of(ByteBuffer.wrap(rgb), PixelFormat.RGB, frames.width(), frames.height());
                found.add(Found.of(
                        submitted
                                ? inspector.submit(frame, new Inspection()).join()
                                : inspector.inspect(frame, new Inspection())));
            }
        }
        return found;
    }

    private List<Found> predicted(Path checkpoint, Frames frames) throws IOException {
        List<Path> files = frames.files();
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
                    .resolve(files.get(image).getFileName().toString().replaceFirst("[.][a-z]+$", ".png"))
                    .toFile());
            found.add(new Found(
                    boxes, (byte[]) mask.getRaster().getDataElements(0, 0, frames.width(), frames.height(), null)));
        }
        return found;
    }

    private static List<Found> inOnnxRuntime(byte[] model, Frames frames) throws OrtException {
        try (OnnxRun run = new OnnxRun(model)) {
            return run
                    .run(
                            frames.rgb(),
                            frames.width(),
                            frames.height(),
                            3,
                            SETTINGS.scoreThreshold(),
                            SETTINGS.detections())
                    .stream()
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

    /** The images of a data set, all of one size, in memory too. */
    private record Frames(DataSet data, List<Path> files, List<byte[]> rgb, int width, int height) {
        static Frames of(DataSet data, int width, int height) {
            List<Path> files = data.samples().stream().map(Sample::image).toList();
            return new Frames(
                    data,
                    files,
                    files.stream().map(file -> ImageDecoder.decode(file).rgb()).toList(),
                    width,
                    height);
        }
    }

    @Test
    void evalPredictInspectorTheMockGpuAndOnnxRuntimeFindTheSame() throws IOException, OrtException {
        TinyNetwork network = TinyNetwork.train(folder, WIDTH, HEIGHT, 60);
        List<Found> evaluated =
                same(network.checkpoint(), Frames.of(network.images().data(), WIDTH, HEIGHT));
        assertTrue(evaluated.stream().allMatch(found -> !found.boxes().isEmpty()), "an image without a box");
        assertTrue(evaluated.stream().anyMatch(found -> contains(found.mask(), 1)), "no mask");
    }

    /**
     * The network of {@code tandem demo} with a quarter of its channels, trained for 43 passes on the images of the
     * demo with settings of the recipe ({@code tandem train --encoder-channels 8 --neck-channels 16
     * --segmentation-channels 16 --size 160}; AP50 0.66, mIoU 0.67), filters in 16 bits; on the demo's held-out images.
     */
    @Test
    void theTrainedNetworkOfTheDemoFindsTheSameEverywhere() throws IOException, OrtException {
        String chosen = System.getProperty(DEMO_PROPERTY);
        Path checkpoint = chosen == null ? folder.resolve("demo.safetensors") : Path.of(chosen);
        if (chosen == null) {
            try (InputStream stored = getClass().getResourceAsStream("demo-quarter-width.safetensors")) {
                Files.copy(stored, checkpoint);
            }
        }
        Path root = folder.resolve("demo");
        new SyntheticInspection(DEMO_SIZE, DEMO_SIZE, 2, DEMO_IMAGES, 1.5, 1, 0).write(root);
        DataSet data = DataReader.open(root).read("val", ImageLists.full("Main/val"), BadFiles.stop());
        List<Found> evaluated = same(checkpoint, Frames.of(data, DEMO_SIZE, DEMO_SIZE));
        int truth = 0;
        int found = 0;
        for (int image = 0; image < data.size(); image++) {
            for (Box box : data.samples().get(image).boxes().orElseThrow()) {
                BoxRegion region = new BoxRegion(box.xMin(), box.yMin(), box.xMax(), box.yMax());
                truth++;
                found += evaluated.get(image).boxes().stream()
                                .anyMatch(detection -> detection.label() == box.label()
                                        && detection.box().intersectionOverUnion(region) >= 0.5)
                        ? 1
                        : 0;
            }
        }
        assertTrue(2 * found > truth, found + " of " + truth + " defects found: is it trained?");
        for (int label = 1; label <= data.maskClasses().size(); label++) {
            int value = label;
            assertTrue(
                    evaluated.stream().anyMatch(one -> contains(one.mask(), value)), "no pixel of mask class " + value);
        }
    }

    /** Compares all ways with {@code eval}, whose results are returned. */
    private List<Found> same(Path checkpoint, Frames frames) throws IOException, OrtException {
        List<Found> evaluated = new ArrayList<>();
        byte[] exported;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
                DataSetInference.run(
                        model, frames.data(), 4, 1, SETTINGS, (sample, found) -> evaluated.add(Found.of(found)));
                exported = OnnxExport.model(model, new OnnxExport.Options(FrameFormat.RGB, null, true, SETTINGS));
            }
            assertSame(evaluated, inspected(checkpoint, device, frames, false), "Inspector");
            assertSame(evaluated, inspected(checkpoint, device, frames, true), "Inspector, submitted");
        }
        assertSame(evaluated, predicted(checkpoint, frames), "predict");
        assertSame(evaluated, inOnnxRuntime(exported, frames), "ONNX Runtime");
        MockCuda.start();
        try (Device device = CudaDevice.open(0, CUDA)) {
            assertSame(evaluated, inspected(checkpoint, device, frames, false), "mock GPU");
        }
        return evaluated;
    }

    /** Layers on bytes, in every way that runs on the CPU; the mock GPU uses the weights in FLOAT32. */
    @Test
    void aQuantizedNetworkIsTheSameEverywhere() throws IOException {
        TinyNetwork network = TinyNetwork.train(folder, WIDTH, HEIGHT, 60);
        Frames frames = Frames.of(network.images().data(), WIDTH, HEIGHT);
        Path quantized = folder.resolve("quantized.safetensors");
        List<Found> evaluated;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (FoldedModel model = FoldedModel.quantizable(network.checkpoint(), device)) {
                InputRanges ranges = new InputRanges();
                model.observe(Optional.of(ranges));
                evaluated(model, frames);
                QuantizedFile.write(network.checkpoint(), ranges.all(), quantized, device);
            }
            try (FoldedModel model = FoldedModel.load(quantized, device)) {
                evaluated = evaluated(model, frames);
            }
            assertTrue(evaluated.stream().allMatch(found -> !found.boxes().isEmpty()), "an image without a box");
            assertSame(evaluated, inspected(quantized, device, frames, false), "Inspector");
            assertSame(evaluated, inspected(quantized, device, frames, true), "Inspector, submitted");
        }
        assertSame(evaluated, predicted(quantized, frames), "predict");
        MockCuda.start();
        try (Device device = CudaDevice.open(0, CUDA)) {
            assertSame(
                    inspected(network.checkpoint(), device, frames, false),
                    inspected(quantized, device, frames, false),
                    "mock GPU");
        }
    }

    private static List<Found> evaluated(FoldedModel model, Frames frames) {
        List<Found> evaluated = new ArrayList<>();
        DataSetInference.run(model, frames.data(), 4, 1, SETTINGS, (sample, found) -> evaluated.add(Found.of(found)));
        return evaluated;
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
