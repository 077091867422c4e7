package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.network.EncoderType;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.quantization.QuantizedFile;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.FreezeSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.weights.ImportReport;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

class TransferTest {

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
        NetworkSettings boxes = TinyData.network(64).withClasses(TinyData.CLASSES, List.of());
        try (Trainer trainer = start("source", boxes, TinyData.training(2, 4).withSeed(1))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        source = folder.resolve("source").resolve(CheckpointStore.CURRENT);
    }

    private Trainer start(String name, NetworkSettings network, TrainingSettings settings) throws IOException {
        return Trainer.start(
                device,
                network,
                settings,
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(folder.resolve(name)));
    }

    @ParameterizedTest
    @EnumSource(Transfer.Part.class)
    void aRunForTheOtherTaskBeginsWithTheAveragedWeights(Transfer.Part part) throws IOException {
        NetworkSettings masks = TinyData.network(64).withClasses(List.of(), TinyData.CLASSES);
        TrainingSettings settings = TinyData.training(1, 4)
                .withSeed(2)
                .withFreeze(FreezeSettings.none().withStages(5));
        try (Trainer trainer = start("target", masks, settings);
                Trainer drawn = start("drawn", masks, settings);
                SafetensorsReader reader = SafetensorsReader.open(source)) {
            new Transfer(source, part).apply(trainer.step());
            boolean averaged = false;
            for (Variables.Variable variable : trainer.step().variables().all()) {
                String name = variable.tensor().name();
                float[] values = trainer.step().weights().read(variable.tensor());
                boolean taken = name.startsWith("encoder.")
                        || part == Transfer.Part.ENCODER_AND_NECK && name.startsWith("neck.");
                if (taken) {
                    int[] shape = variable.tensor().shape().toArray();
                    assertArrayEquals(reader.read(name, shape), values, name);
                    averaged |= !Arrays.equals(reader.read("training/" + name, shape), values);
                } else {
                    assertArrayEquals(
                            drawn.step()
                                    .weights()
                                    .read(drawn.step().variables().all().stream()
                                            .filter(each -> each.tensor().name().equals(name))
                                            .findFirst()
                                            .orElseThrow()
                                            .tensor()),
                            values,
                            name);
                }
                assertArrayEquals(values, trainer.step().average().read(variable.tensor()), name);
            }
            assertTrue(averaged, "averaged weights should differ from those in training");
            assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
        }
    }

    @Test
    void theEncoderOfAQuantizedNetworkIsThatInFloat32() throws IOException {
        Path quantized = folder.resolve("quantized.safetensors");
        QuantizedFile.write(source, QuantizedLayers.of(List.of("encoder.conv1")), quantized, device);
        try (Trainer trainer = start("from-bytes", TinyData.network(64), TinyData.training(1, 4));
                SafetensorsReader reader = SafetensorsReader.open(source)) {
            ImportReport report = Transfer.encoder(quantized).apply(trainer.step());
            assertTrue(
                    report.notes().get(0).startsWith("layers of the file in int8: 1; training starts from its"),
                    report.lines()::toString);
            for (Variables.Variable variable : trainer.step().variables().all()) {
                String name = variable.tensor().name();
                if (name.startsWith("encoder.")) {
                    assertArrayEquals(
                            reader.read(name, variable.tensor().shape().toArray()),
                            trainer.step().weights().read(variable.tensor()),
                            name);
                }
            }
        }
    }

    @Test
    void anotherEncoderOrNeckIsNamedAndNothingChanges() throws IOException {
        NetworkSettings n = TinyData.network(64);
        NetworkSettings wider = n.with(change ->
                change.encoder(EncoderType.RESNET34).encoderChannels(24).neckChannels(8));
        try (Trainer trainer = start("wider", wider, TinyData.training(1, 4))) {
            float[] before = trainer.step()
                    .weights()
                    .read(trainer.step().variables().all().get(0).tensor());
            String encoder = assertThrows(
                            WeightsException.class,
                            () -> Transfer.encoder(source).apply(trainer.step()))
                    .getMessage();
            assertTrue(
                    encoder.contains(
                            "encoder (RESNET18, new: RESNET34), encoderChannels (16, new: 24); use the same values"),
                    encoder);
            assertFalse(encoder.contains("neckChannels"), encoder);
            String neck = assertThrows(
                            WeightsException.class,
                            () -> new Transfer(source, Transfer.Part.ENCODER_AND_NECK).apply(trainer.step()))
                    .getMessage();
            assertTrue(neck.startsWith(source.toString()) && neck.contains("neckChannels (16, new: 8)"), neck);
            assertArrayEquals(
                    before,
                    trainer.step()
                            .weights()
                            .read(trainer.step().variables().all().get(0).tensor()));
        }
    }

    @Test
    void aFileWithoutSettingsHasNoNeck() throws IOException {
        Path bare = folder.resolve("bare.safetensors");
        new SafetensorsWriter()
                .add("conv1.weight", new int[] {1}, () -> new float[1])
                .write(bare);
        try (Trainer trainer = start("bare", TinyData.network(64), TinyData.training(1, 4))) {
            String message = assertThrows(
                            WeightsException.class,
                            () -> new Transfer(bare, Transfer.Part.ENCODER_AND_NECK).apply(trainer.step()))
                    .getMessage();
            assertEquals(
                    bare + ": has no network settings, so it has no neck; give a checkpoint, or load only the encoder",
                    message);
        }
    }
}
