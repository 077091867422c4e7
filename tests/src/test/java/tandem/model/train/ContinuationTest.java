package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.InitialWeights;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.image.ImageConversion;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.network.QuantizedLayers;
import tandem.model.quantization.QuantizedFile;
import tandem.model.settings.AugmentationSettings;
import tandem.model.weights.ImportReport;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.WeightsException;

class ContinuationTest {

    private static Device device;

    @TempDir
    Path folder;

    private ImageCache images;
    private Path source;

    @BeforeAll
    static void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @BeforeEach
    void trainASource() throws IOException {
        images = TinyData.write(folder.resolve("data"), 4, 64, 64, TinyData.Annotations.BOTH, 8);
        try (Trainer trainer = start("source", images, TinyData.network(64))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        source = folder.resolve("source");
    }

    private Trainer start(String name, ImageCache data, NetworkSettings network) throws IOException {
        return Trainer.start(
                device,
                network,
                TinyData.training(2, 4).withSeed(name.length()),
                data,
                AugmentationSettings.none(),
                Trainer.Options.in(folder.resolve(name)));
    }

    private ImageCache withClasses(List<String> boxes, List<String> masks) {
        DataSet data = images.data();
        return new ImageCache(new DataSet("more", boxes, masks, data.samples()), ImageConversion.of(1 << 20), 0);
    }

    /** Class logits (N, A, C) and segmentation logits (N, H, W, C) of one random image. */
    private static float[][] logits(TrainingStep step, Weights weights) {
        Graph graph = new Graph(step.variables());
        Tensor input = step.network().images(graph, 1, 64);
        Outputs outputs = step.network().evaluation(graph, input);
        graph.keep(outputs.confidence());
        graph.keep(outputs.segmentation());
        try (Program program = Program.of(device, graph, weights, null)) {
            SplittableRandom random = new SplittableRandom(4);
            ByteBuffer values =
                    ByteBuffer.allocateDirect(64 * 64 * 3 * Float.BYTES).order(ByteOrder.nativeOrder());
            while (values.hasRemaining()) {
                values.putFloat((float) (random.nextDouble() - 0.5));
            }
            program.upload(input, values.flip());
            program.run();
            return new float[][] {read(program, outputs.confidence()), read(program, outputs.segmentation())};
        }
    }

    private static float[] read(Program program, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes.duplicate());
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    @Test
    void sameClassesBeginWithTheOutputsOfTheOldNetwork() throws IOException {
        Continuation continuation = Continuation.of(source);
        assertEquals(source.resolve(CheckpointStore.CURRENT), continuation.file());
        NetworkSettings network = continuation.network(TinyData.CLASSES, TinyData.CLASSES);
        assertEquals(TinyData.network(64), network);
        try (Trainer old = Trainer.resume(device, images, Trainer.Options.in(source));
                Trainer trainer = start("same-again", images, network)) {
            ImportReport report = continuation.apply(trainer.step());
            assertEquals(
                    trainer.step().variables().all().size(), report.loaded().size());
            assertTrue(report.complete() && report.unused().isEmpty(), report.lines()::toString);
            float[][] expected = logits(old.step(), old.step().average());
            float[][] found = logits(trainer.step(), trainer.step().weights());
            assertArrayEquals(expected[0], found[0]);
            assertArrayEquals(expected[1], found[1]);
            assertArrayEquals(expected[1], logits(trainer.step(), trainer.step().average())[1]);
            assertEquals(0, trainer.stepsDone());
            assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
        }
    }

    /** The weights are those of the network that was quantized; what is written has no layers in int8. */
    @Test
    void aQuantizedNetworkContinuesInFloat32() throws IOException {
        Path quantized = folder.resolve("quantized.safetensors");
        QuantizedFile.write(
                Continuation.of(source).file(),
                QuantizedLayers.of(List.of("encoder.conv1", "segmentation.out")),
                quantized,
                device);
        assertTrue(QuantizedFile.isQuantized(quantized));
        try (Trainer trainer = start("from-bytes", images, TinyData.network(64));
                Trainer plain = start("from-floats", images, TinyData.network(64))) {
            ImportReport report = Continuation.of(quantized).apply(trainer.step());
            Continuation.of(source).apply(plain.step());
            assertTrue(report.complete() && report.unused().isEmpty(), report.lines()::toString);
            String note = report.notes().get(report.notes().size() - 1);
            assertTrue(
                    note.startsWith("layers of the file in int8: 2; training starts from its float32 weights"), note);
            List<Variables.Variable> expected = plain.step().variables().all();
            List<Variables.Variable> found = trainer.step().variables().all();
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(
                        plain.step().weights().read(expected.get(i).tensor()),
                        trainer.step().weights().read(found.get(i).tensor()),
                        expected.get(i).tensor().name());
            }
            assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
        }
        assertFalse(QuantizedFile.isQuantized(folder.resolve("from-bytes").resolve(CheckpointStore.CURRENT)));
    }

    @Test
    void oldClassesKeepTheirLogitsWhenClassesAreAddedAndRemoved() throws IOException {
        List<String> boxes = List.of("green", "blue", "red");
        List<String> masks = List.of("blue", "green");
        Continuation continuation = Continuation.of(source);
        try (Trainer old = Trainer.resume(device, images, Trainer.Options.in(source));
                Trainer trainer =
                        start("other-classes", withClasses(boxes, masks), continuation.network(boxes, masks))) {
            ImportReport report = continuation.apply(trainer.step());
            assertEquals(
                    List.of(
                            "box classes: 2 of the file are kept, new: green",
                            "mask classes: 1 of the file are kept, new: green, removed: red"),
                    report.notes());
            float[][] expected = logits(old.step(), old.step().average());
            float[][] found = logits(trainer.step(), trainer.step().weights());
            for (int anchor = 0; anchor < expected[0].length / 2; anchor++) {
                assertEquals(expected[0][2 * anchor], found[0][3 * anchor + 2], "red");
                assertEquals(expected[0][2 * anchor + 1], found[0][3 * anchor + 1], "blue");
            }
            for (int cell = 0; cell < expected[1].length / 3; cell++) {
                assertEquals(expected[1][3 * cell], found[1][3 * cell], "background");
                assertEquals(expected[1][3 * cell + 2], found[1][3 * cell + 1], "blue");
            }
        }
    }

    @Test
    void aHeadMayBeAddedAndAFileMayLackTheLastLayers() throws IOException {
        NetworkSettings both = TinyData.network(64);
        try (Trainer boxes = start("boxes", images, both.withClasses(TinyData.CLASSES, List.of()))) {
            boxes.save();
        }
        Continuation continuation = Continuation.of(folder.resolve("boxes"));
        try (Trainer trainer = start("added", images, both)) {
            ImportReport report = continuation.apply(trainer.step());
            assertTrue(report.missing().stream().allMatch(name -> name.startsWith("segmentation.")));
            assertEquals(
                    "the file has no mask classes; this head starts from initial weights",
                    report.notes().get(1));
            Path bare = folder.resolve("bare.safetensors");
            InitialWeights.write(
                    bare,
                    both,
                    Map.of(),
                    trainer.step().variables(),
                    trainer.step().weights(),
                    name -> !name.startsWith("segmentation.out"));
            assertEquals(
                    List.of("segmentation.out.weight"),
                    Continuation.of(bare).apply(trainer.step()).missing().stream()
                            .filter(name -> name.endsWith("weight"))
                            .toList());
        }
    }

    @Test
    void anotherNetworkIsRefusedAndNothingChanges() throws IOException {
        NetworkSettings wider = TinyData.network(64).with(change -> change.neckChannels(8));
        Continuation continuation = Continuation.of(source);
        try (Trainer trainer = start("wider", images, wider)) {
            Variables.Variable first = trainer.step().variables().all().get(0);
            float[] before = trainer.step().weights().read(first.tensor());
            String message = assertThrows(WeightsException.class, () -> continuation.apply(trainer.step()))
                    .getMessage();
            assertTrue(message.contains("its network differs from the new one"), message);
            assertTrue(message.contains("204 tensors") && message.contains("expected [8]"), message);
            assertArrayEquals(before, trainer.step().weights().read(first.tensor()));
        }
        try (SafetensorsReader reader = SafetensorsReader.open(continuation.file())) {
            assertTrue(reader.names().size() > 0);
        }
    }
}
