package tandem.tools.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Fit;
import tandem.model.image.PixelSize;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.network.EncoderType;
import tandem.model.network.NeckType;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.tools.CommandRun;

/** An exported network in ONNX Runtime finds the same as the network itself. */
class OnnxExportTest {

    private static final int WIDTH = 150;
    private static final int HEIGHT = 90;
    private static final NonMaximumSuppression.Settings SETTINGS =
            new NonMaximumSuppression.Settings(0.05f, 0.5f, 1000, 20, false);

    /** The tasks of a network. */
    enum Tasks {
        BOTH,
        DETECTION,
        SEGMENTATION
    }

    @TempDir
    static Path folder;

    private static Device device;
    private static ImageCache images;
    private static Path both;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        images = TinyData.write(folder.resolve("data"), 6, WIDTH, HEIGHT, TinyData.Annotations.BOTH, 12);
        both = trained("both", 60, TinyData.network(64));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static Path trained(String name, int epochs, NetworkSettings network) throws IOException {
        Path run = folder.resolve(name);
        try (Trainer trainer = Trainer.start(
                device,
                network,
                TinyData.training(epochs, 3),
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        return run.resolve(CheckpointStore.CURRENT);
    }

    private static byte[] model(Path checkpoint, OnnxExport.Options options) throws IOException {
        try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
            return OnnxExport.model(model, options);
        }
    }

    private static OnnxExport.Options options(FrameFormat format, FrameSize frame, boolean suppress) {
        return new OnnxExport.Options(format, frame, suppress, SETTINGS);
    }

    private static List<byte[]> rgb(int count) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(
                    ImageDecoder.decode(images.data().samples().get(i).image()).rgb());
        }
        return frames;
    }

    /** The same frame in another format. */
    private static byte[] as(FrameFormat format, byte[] rgb) {
        byte[] frame = new byte[rgb.length / 3 * format.channels()];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = switch (format) {
                case RGB -> rgb[i];
                case BGR -> rgb[i / 3 * 3 + 2 - i % 3];
                case GRAY -> rgb[3 * i + 1];
            };
        }
        return frame;
    }

    private static List<Inspection> inspected(
            Path checkpoint, List<byte[]> frames, PixelFormat format, int width, int height) throws IOException {
        List<Inspection> results = new ArrayList<>();
        try (Inspector inspector = Inspector.load(checkpoint, device, SETTINGS)) {
            for (byte[] frame : frames) {
                results.add(inspector.inspect(ByteBuffer.wrap(frame), format, width, height, width * format.bytes()));
            }
        }
        return results;
    }

    private static void assertSame(Inspection expected, OnnxRun.Output actual, String what) {
        if (actual.found() != null) {
            assertEquals(expected.boxes(), actual.found().size(), what);
            for (int i = 0; i < expected.boxes(); i++) {
                OnnxRun.Found found = actual.found().get(i);
                assertEquals(expected.label(i), found.label(), what);
                assertEquals(expected.score(i), found.score(), 1e-3, what);
                assertTrue(
                        found.iou(expected.left(i), expected.top(i), expected.right(i), expected.bottom(i)) > 0.99,
                        what + ": box " + i + " of " + expected + " is " + Arrays.toString(found.box()));
            }
        } else {
            assertEquals(0, expected.boxes(), what);
        }
        assertEquals(expected.mask() == null, actual.mask() == null, what);
        if (actual.mask() != null) {
            double share = equalShare(expected.maskBytes(), actual.mask());
            assertTrue(share > 0.999, what + ": " + share + " of the mask");
        }
    }

    private static double equalShare(byte[] a, byte[] b) {
        assertEquals(a.length, b.length);
        int equal = 0;
        for (int i = 0; i < a.length; i++) {
            equal += a[i] == b[i] ? 1 : 0;
        }
        return equal / (double) a.length;
    }

    @ParameterizedTest
    @EnumSource(Tasks.class)
    void findsWhatTheEvaluationFinds(Tasks tasks) throws IOException, OrtException {
        NetworkSettings network = TinyData.network(64);
        Path checkpoint = switch (tasks) {
            case BOTH -> both;
            case DETECTION -> trained("detection", 20, network.withClasses(TinyData.CLASSES, List.of()));
            case SEGMENTATION -> trained("segmentation", 20, network.withClasses(List.of(), TinyData.CLASSES));
        };
        List<Inspection> expected = inspected(checkpoint, rgb(3), PixelFormat.RGB, WIDTH, HEIGHT);
        List<String> evaluated = new ArrayList<>();
        try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
            DataSetInference.run(
                    model, images.data(), 1, 1, SETTINGS, (sample, found) -> evaluated.add(found.toString()));
        }
        assertEquals(
                evaluated.subList(0, 3),
                expected.stream().map(Inspection::toString).toList());
        for (boolean suppress : new boolean[] {false, true}) {
            try (OnnxRun run = new OnnxRun(model(checkpoint, options(FrameFormat.RGB, null, suppress)))) {
                List<OnnxRun.Output> three = run.run(rgb(3), WIDTH, HEIGHT, 3, 0.05f, 20);
                for (int i = 0; i < 3; i++) {
                    String what = tasks + " image " + i + (suppress ? " suppressed" : "");
                    assertSame(expected.get(i), three.get(i), what);
                    OnnxRun.Output one = run.run(List.of(rgb(3).get(i)), WIDTH, HEIGHT, 3, 0.05f, 20)
                            .get(0);
                    assertSame(expected.get(i), one, what + " alone");
                }
                assertEquals(tasks != Tasks.SEGMENTATION, three.get(0).found() != null);
                assertEquals(tasks != Tasks.DETECTION, three.get(0).mask() != null);
            }
        }
        if (tasks != Tasks.SEGMENTATION) {
            assertTrue(expected.stream().anyMatch(found -> found.boxes() > 0), "nothing was found");
        }
    }

    @ParameterizedTest
    @CsvSource({"RGB, false", "RGB, true", "BGR, false", "BGR, true", "GRAY, false", "GRAY, true"})
    void readsEveryFormatOfFramesOfAnyOrOfOneSize(FrameFormat format, boolean fixed) throws IOException, OrtException {
        FrameSize frame = fixed ? new FrameSize(WIDTH, HEIGHT) : null;
        PixelFormat own = format == FrameFormat.GRAY ? PixelFormat.GRAY : PixelFormat.RGB;
        List<byte[]> source = rgb(3);
        List<byte[]> frames = source.stream().map(bytes -> as(format, bytes)).toList();
        List<Inspection> expected = inspected(both, own == PixelFormat.GRAY ? frames : source, own, WIDTH, HEIGHT);
        try (OnnxRun run = new OnnxRun(model(both, options(format, frame, true)))) {
            List<OnnxRun.Output> actual = run.run(frames, WIDTH, HEIGHT, format.channels(), 0.05f, 20);
            for (int i = 0; i < 3; i++) {
                assertSame(expected.get(i), actual.get(i), format + " " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "33, 40", "128, 128", "129, 600", "1000, 65"})
    void resizesAsTheNetworkDoes(int width, int height) throws IOException, OrtException {
        Path data = folder.resolve(width + "x" + height);
        ImageCache one = TinyData.write(data, 1, width, height, TinyData.Annotations.BOTH, 5);
        byte[] frame = ImageDecoder.decode(one.data().samples().get(0).image()).rgb();
        Inspection expected =
                inspected(both, List.of(frame), PixelFormat.RGB, width, height).get(0);
        for (FrameSize size : Arrays.asList(null, new FrameSize(width, height))) {
            try (OnnxRun run = new OnnxRun(model(both, options(FrameFormat.RGB, size, true)))) {
                assertSame(
                        expected,
                        run.run(List.of(frame), width, height, 3, 0.05f, 20).get(0),
                        width + " x " + height);
            }
        }
    }

    @Test
    void downscalesAFrameAboveTheLimitOfPixels() throws IOException, OrtException {
        NetworkSettings small = TinyData.network(64).with(change -> change.maxPixels(4000));
        Path checkpoint = trained("limited", 20, small);
        Inspection expected =
                inspected(checkpoint, rgb(1), PixelFormat.RGB, WIDTH, HEIGHT).get(0);
        OnnxExport.Options options = options(FrameFormat.RGB, new FrameSize(WIDTH, HEIGHT), true);
        try (OnnxRun run = new OnnxRun(model(checkpoint, options))) {
            assertSame(expected, run.run(rgb(1), WIDTH, HEIGHT, 3, 0.05f, 20).get(0), "downscaled");
        }
        CommandRun refused = CommandRun.of(
                "export",
                checkpoint.toString(),
                "--frame",
                "151x90",
                "-o",
                folder.resolve("no.onnx").toString());
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("which must divide both; use 150x90"), refused.err());
    }

    /** The structures of networks that differ in operations. */
    enum Structure {
        PATH_AGGREGATION(n -> n.with(change -> change.neck(NeckType.PAFPN))),
        BOTTLENECK(n -> n.with(change -> change.encoder(EncoderType.RESNET50).encoderChannels(8))),
        FULL_RESOLUTION(n -> n.with(change -> change.segmentation(SegmentationType.PUBLISHED))),
        NO_STEM_POOLING(n -> n.with(change -> change.stemPooling(false))),
        WIDE(n -> n.with(change -> change.inputSize(new PixelSize(160, 64)))),
        HIGH(n -> n.with(change -> change.inputSize(new PixelSize(64, 96)))),
        LETTERBOX(n -> n.withFit(Fit.LETTERBOX)),
        WIDE_LETTERBOX(
                n -> n.with(change -> change.inputSize(new PixelSize(128, 64)).fit(Fit.LETTERBOX))),
        ODD_LEVELS(n -> n.with(change -> change.inputSize(PixelSize.square(96))));

        private final UnaryOperator<NetworkSettings> change;

        Structure(UnaryOperator<NetworkSettings> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource(Structure.class)
    void everyStructureIsTranslated(Structure structure) throws IOException, OrtException {
        Path checkpoint = trained(structure.name(), 8, structure.change.apply(TinyData.network(64)));
        Inspection expected =
                inspected(checkpoint, rgb(1), PixelFormat.RGB, WIDTH, HEIGHT).get(0);
        for (FrameSize frame : Arrays.asList(null, new FrameSize(WIDTH, HEIGHT))) {
            try (OnnxRun run = new OnnxRun(model(checkpoint, options(FrameFormat.RGB, frame, true)))) {
                assertSame(
                        expected, run.run(rgb(1), WIDTH, HEIGHT, 3, 0.05f, 20).get(0), structure.name());
            }
        }
    }

    @Test
    void theCommandWritesTheFileWithItsMetadata() throws IOException, OrtException {
        Path file = folder.resolve("new/folder/part.onnx");
        CommandRun run = CommandRun.of(
                "export", "--format", "onnx", both.toString(), "--score", "0.2", "--nms", "-o", file.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().startsWith(file + ": ONNX, operator set 17, "), run.out());
        assertArrayEquals(new String[] {"part.onnx"}, file.getParent().toFile().list());
        try (OnnxRun session = new OnnxRun(Files.readAllBytes(file))) {
            assertEquals("[\"red\",\"blue\"]", session.metadata().get("box_classes"));
            assertEquals("[\"red\",\"blue\"]", session.metadata().get("mask_classes"));
            assertEquals("64", session.metadata().get("input_size"));
            assertEquals("0.2", session.metadata().get("score_threshold"));
            assertEquals("[0.485, 0.456, 0.406]", session.metadata().get("mean"));
            session.run(rgb(1), WIDTH, HEIGHT, 3, 0, 100)
                    .get(0)
                    .found()
                    .forEach(found -> assertTrue(found.score() > 0.2f));
        }
    }

    private static void assertRefused(String message, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains(message), run.err());
        assertEquals(
                1, run.err().lines().filter(line -> line.startsWith("tandem:")).count());
    }

    @Test
    void badInputIsOneLine() throws IOException {
        Path target = folder.resolve("bad.onnx");
        Path cut = folder.resolve("cut.safetensors");
        byte[] whole = Files.readAllBytes(both);
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertRefused("cut.safetensors", "export", cut.toString(), "-o", target.toString());
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertRefused("file", "export", file.toString(), "-o", target.toString());
        assertRefused("no such file", "export", folder.resolve("absent").toString(), "-o", target.toString());
        assertRefused("tflite", "export", both.toString(), "--format", "tflite", "-o", target.toString());
        assertRefused("is a folder", "export", both.toString(), "-o", folder.toString());
        assertRefused(
                "is a file, not a folder",
                "export",
                both.toString(),
                "-o",
                file.resolve("x.onnx").toString());
        assertRefused(
                "--frame 'big' is not a size", "export", both.toString(), "--frame", "big", "-o", target.toString());
        assertRefused("'0x10' is not a size", "export", both.toString(), "--frame", "0x10", "-o", target.toString());
        assertRefused("score threshold", "export", both.toString(), "--score", "2", "-o", target.toString());
        assertFalse(Files.exists(target));
        assertEquals(0, folder.toFile().list((where, name) -> name.endsWith(".part")).length);
    }
}
