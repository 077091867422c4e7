package tandem.tools.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.inference.Tiling;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.tools.CommandRun;

class TileOptionsTest {

    @TempDir
    Path folder;

    private CommandRun predict(Path checkpoint, Path image, String... options) {
        String[] command = {
            "predict",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--weights",
            checkpoint.toString(),
            image.toString(),
            "-o",
            folder.resolve("found").toString()
        };
        String[] all = new String[command.length + options.length];
        System.arraycopy(command, 0, all, 0, command.length);
        System.arraycopy(options, 0, all, command.length, options.length);
        return CommandRun.direct(all);
    }

    @Test
    void predictFindsInTilesWhatTheInspectorFinds() throws IOException {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(64),
                    TinyData.training(20, 3),
                    TinyData.write(folder.resolve("data"), 6, 64, 64, TinyData.Annotations.BOTH, 12),
                    AugmentationSettings.none(),
                    Trainer.Options.in(folder.resolve("run")))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            Path checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
            TinyData.write(folder.resolve("large"), 1, 200, 150, TinyData.Annotations.BOTH, 4);
            Path image = folder.resolve("large/image0.png");
            CommandRun run = predict(checkpoint, image, "--tile", "80x64", "--tile-overlap", "0.3");
            assertEquals(0, run.code(), run.err());
            try (Inspector inspector = Inspector.load(checkpoint, device).tiled(new Tiling(80, 64, 0.3), 4)) {
                int boxes = inspector.inspect(ImageIO.read(image.toFile())).boxes();
                assertEquals(
                        boxes,
                        new ObjectMapper()
                                .readTree(folder.resolve("found/results.json").toFile())
                                .size());
            }
            refused("--tile '0' is not a size", predict(checkpoint, image, "--tile", "0"));
            refused("--tile 'a' is not a size", predict(checkpoint, image, "--tile", "a"));
            refused("from 0 to 0.5, not 0.9", predict(checkpoint, image, "--tile", "64", "--tile-overlap", "0.9"));
            refused("above the network's limit", predict(checkpoint, image, "--tile", "4000"));
        }
    }

    private static void refused(String message, CommandRun run) {
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }
}
