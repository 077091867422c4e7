package tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.inference.FileBesideWeights;
import tandem.model.inference.Inspection;
import tandem.model.inference.PartThresholds;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.TinyNetwork;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;

/** Thresholds that do not fit the network: every part, or other parts than in the evaluation, would pass. */
class InspectorThresholdsTest {

    private static final int SIDE = 64;

    @TempDir
    Path folder;

    private Path masksAlone(Device device) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 6, SIDE, SIDE, TinyData.Annotations.BOTH, 3);
        Path run = folder.resolve("masks");
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(SIDE).with(change -> change.boxClasses(List.of())),
                TinyData.training(1, 3),
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        return run.resolve(CheckpointStore.CURRENT);
    }

    @Test
    void thresholdsThatNoPartCanReachAreRefused() throws IOException {
        Path both = TinyNetwork.train(folder.resolve("both"), SIDE, SIDE, 1).checkpoint();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            Path masks = masksAlone(device);
            InspectorOptions options = InspectorOptions.standard()
                    .with(change -> change.suppression(TinyNetwork.LOOSE)
                            .thresholds(Optional.of(PartThresholds.of(0, 1 << 20))));
            Frame frame = Frame.of(ByteBuffer.allocate(SIDE * SIDE), PixelFormat.GRAY, SIDE, SIDE);
            assertMessage(
                    masks + ": its network has no boxes, but the thresholds of the options decide by them; set others",
                    () -> Inspector.load(masks, device, options).close());
            try (Inspector inspector = Inspector.load(both, device, options)) {
                assertThrows(IllegalArgumentException.class, () -> inspector.replace(masks));
                assertFalse(
                        inspector.inspect(frame, new Inspection()).decision().pass(), "the network before decides");
            }
            Path file = PartThresholds.file(masks);
            Files.writeString(file, PartThresholds.of(0, -1).toJson().toString());
            assertMessage(
                    file + ": decides by boxes, which the network does not have; write it again with eval "
                            + "--save-thresholds, or remove it",
                    () -> Inspector.load(masks, device).close());
            Files.writeString(file, PartThresholds.of(-1, 0).toJson().toString());
            try (Inspector inspector = Inspector.load(masks, device)) {
                Inspection found = inspector.inspect(frame, new Inspection());
                assertEquals(found.area(0) == SIDE * SIDE, found.decision().pass());
            }
        }
    }

    /** Found in the header of the file. */
    private static String checksum(Path weights) throws IOException {
        byte[] start = Arrays.copyOf(Files.readAllBytes(weights), 1 << 20);
        Matcher matcher = Pattern.compile("\"checksum\":\"(crc32c:[0-9a-f]+)\"")
                .matcher(new String(start, StandardCharsets.US_ASCII));
        assertTrue(matcher.find());
        return matcher.group(1);
    }

    @Test
    void thresholdsOfOtherWeightsAreRefused() throws IOException {
        Path both = TinyNetwork.train(folder.resolve("both"), SIDE, SIDE, 1).checkpoint();
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            Path weights = masksAlone(device);
            String evaluated = checksum(weights);
            Path file = PartThresholds.file(weights);
            Files.writeString(
                    file,
                    FileBesideWeights.naming(
                                    Optional.of(evaluated),
                                    PartThresholds.of(-1, 0).toJson())
                            .toString());
            Inspector.load(weights, device).close();
            Files.copy(both, weights, StandardCopyOption.REPLACE_EXISTING);
            assertMessage(
                    file + ": is of other weights (" + evaluated + "; " + weights.getFileName() + " has "
                            + checksum(both) + "), such as those before more training; write it again with eval "
                            + "--save-thresholds, or remove it",
                    () -> Inspector.load(weights, device).close());
        }
    }

    private static void assertMessage(String expected, Executable call) {
        assertEquals(
                expected, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
