package tandem.tools.watch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.data.DataException;
import tandem.model.inference.PartThresholds;
import tandem.model.train.TinyNetwork;
import tandem.tools.CommandRun;
import tandem.tools.TandemProcess;

/** Images that arrive in a folder. */
class WatchCommandTest {

    @TempDir
    Path folder;

    private static List<String> names(FolderWatch watch) throws IOException {
        return watch.list().stream()
                .map(image -> image.file().getFileName().toString())
                .toList();
    }

    @Test
    void aFileIsReadyWhenItNoLongerChanges() throws IOException {
        Path a = folder.resolve("a.png");
        Path b = folder.resolve("b.png");
        Files.write(a, new byte[3]);
        Files.write(b, new byte[3]);
        Files.writeString(folder.resolve("notes.txt"), "no image");
        Files.write(folder.resolve(".hidden.png"), new byte[3]);
        Files.write(folder.resolve("empty.png"), new byte[0]);
        FolderWatch watch = new FolderWatch(folder, file -> Optional.empty());
        assertEquals(List.of(), names(watch));
        Files.write(b, new byte[4]);
        assertEquals(List.of("a.png"), names(watch));
        assertEquals(List.of("b.png"), names(watch));
        assertEquals(List.of(), names(watch));
        Files.setLastModifiedTime(a, FileTime.fromMillis(5_000));
        Files.delete(b);
        assertEquals(List.of(), names(watch));
        assertEquals(List.of("a.png"), names(watch));
        Files.write(b, new byte[4]);
        assertEquals(List.of(), names(watch));
        assertEquals(List.of("b.png"), names(watch));
        FolderWatch.Version version = FolderWatch.Version.of(a);
        FolderWatch next = new FolderWatch(folder, file -> file.equals(a) ? Optional.of(version) : Optional.empty());
        names(next);
        assertEquals(List.of("b.png"), names(next));
    }

    @Test
    void imagesAreInspectedABadOneIsReportedAndAnotherStartGoesOn() throws IOException {
        TinyNetwork network = TinyNetwork.train(folder.resolve("train"), 70, 50, 2);
        Files.writeString(
                PartThresholds.file(network.checkpoint()),
                PartThresholds.of(0, -1).toJson().toString());
        Path camera = Files.createDirectories(folder.resolve("camera"));
        byte[] image =
                Files.readAllBytes(network.images().data().samples().get(0).image());
        Files.write(camera.resolve("a.png"), image);
        Files.write(camera.resolve("bad.png"), Arrays.copyOf(image, image.length / 2));
        Path output = folder.resolve("found");
        String[] command = {
            "watch",
            camera.toString(),
            "--weights",
            network.checkpoint().toString(),
            "--output",
            output.toString(),
            "--every",
            "1",
            "--report-after",
            "1",
            "--until-idle",
            "--device",
            "cpu",
            "--threads",
            "1"
        };
        CommandRun first = CommandRun.of(command);
        assertEquals(0, first.code(), first.err());
        assertTrue(first.out().contains("2 images, 1 of them could not be read"), first.out());
        assertTrue(first.err().contains("bad.png: "), first.err());
        JsonNode result = json(output.resolve("results/a.png.json"));
        assertEquals(70, result.get("width").asInt());
        assertEquals(result.get("boxes").isEmpty(), result.get("pass").asBoolean());
        assertTrue(result.get("pixels").has("red"), result.toString());
        assertTrue(json(output.resolve("results/bad.png.json")).has("problem"));
        assertTrue(ImageIO.read(output.resolve("overlays/a.png.png").toFile()).getWidth() >= 70);
        assertEquals(
                50, ImageIO.read(output.resolve("masks/a.png.png").toFile()).getHeight());
        try (var files = Files.walk(output)) {
            assertFalse(files.anyMatch(file -> file.toString().endsWith(".tmp")));
        }
        byte[] before = Files.readAllBytes(output.resolve("results/a.png.json"));

        Files.write(camera.resolve("bad.png"), image);
        String longest = "0".repeat(242) + ".png";
        Files.write(camera.resolve(longest), image);
        Files.write(camera.resolve("0" + longest), image);
        CommandRun second = CommandRun.of(command);
        assertEquals(0, second.code(), second.err());
        assertTrue(second.out().contains("3 images, 1 of them could not be read"), second.out());
        assertTrue(
                second.err()
                        .contains(
                                "0" + longest + ": the name of the file has 247 bytes, at most 246 leave room for the "
                                        + "names of its results; give it a shorter name"),
                second.err());
        assertEquals(
                70,
                json(output.resolve("results/" + longest + ".json"))
                        .get("width")
                        .asInt());
        assertFalse(json(output.resolve("results/bad.png.json")).has("problem"));
        assertArrayEquals(before, Files.readAllBytes(output.resolve("results/a.png.json")));
    }

    /** What a loop did with the images of the folder, whose content is read when it has six bytes. */
    private final class Events implements FolderLoop.Receiver {
        final List<String> events = new ArrayList<>();
        final boolean grows;

        Events(boolean grows) {
            this.grows = grows;
        }

        @Override
        public void inspect(FolderWatch.Ready image) throws IOException {
            events.add("inspect " + image.version().bytes());
            if (image.version().bytes() < 6) {
                if (grows) {
                    Files.write(image.file(), new byte[6]);
                }
                throw new DataException(image.file(), "ends early", "copy it again");
            }
        }

        @Override
        public void unreadable(FolderWatch.Ready image, DataException problem) {
            events.add("unreadable " + image.version().bytes());
        }

        FolderLoop loop(FolderLoop.Timing timing) {
            return new FolderLoop(folder, file -> Optional.empty(), timing, this, new PrintWriter(System.err));
        }
    }

    @Test
    void aFileThatIsStillWrittenIsNotReported() throws IOException {
        Files.write(folder.resolve("a.png"), new byte[3]);
        Events growing = new Events(true);
        growing.loop(new FolderLoop.Timing(1, 60_000, true)).run(() -> false);
        assertEquals(List.of("inspect 3", "inspect 6"), growing.events);
    }

    @Test
    void aFileThatStaysIncompleteIsReportedOnce() throws IOException {
        Files.write(folder.resolve("a.png"), new byte[3]);
        Events incomplete = new Events(false);
        long began = System.nanoTime();
        incomplete.loop(new FolderLoop.Timing(1, 100, true)).run(() -> false);
        assertEquals(List.of("inspect 3", "unreadable 3"), incomplete.events);
        assertTrue(System.nanoTime() - began > 100_000_000);
    }

    @Test
    void aFileThatIsDeletedIsNotReported() throws IOException {
        Path file = Files.write(folder.resolve("a.png"), new byte[3]);
        Events incomplete = new Events(false);
        incomplete.loop(new FolderLoop.Timing(1, 60_000, true)).run(() -> {
            try {
                return !incomplete.events.isEmpty() && Files.deleteIfExists(file) && false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertEquals(List.of("inspect 3"), incomplete.events);
    }

    @Test
    void controlCFinishesTheImageInWorkAndTheNextStartGoesOn() throws Exception {
        TinyNetwork network = TinyNetwork.train(folder.resolve("train"), 70, 50, 1);
        Path camera = Files.createDirectories(folder.resolve("camera"));
        byte[] image =
                Files.readAllBytes(network.images().data().samples().get(0).image());
        int images = 80;
        for (int i = 0; i < images; i++) {
            Files.write(camera.resolve("part-%03d.png".formatted(i)), image);
        }
        Path output = folder.resolve("found");
        List<String> command = new ArrayList<>(List.of(
                "watch",
                camera.toString(),
                "--weights",
                network.checkpoint().toString(),
                "--output",
                output.toString(),
                "--every",
                "1",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--convolutions",
                "direct"));
        int done;
        try (TandemProcess process = TandemProcess.start(folder.resolve("err.txt"), command.toArray(String[]::new))) {
            process.await(line -> line.startsWith("part-"));
            List<String> lines = process.interrupt();
            List<String> results = files(output.resolve("results"), ".json");
            done = results.size();
            assertTrue(done >= 1 && done < images, lines.toString());
            assertEquals(done + " images, 0 of them could not be read", lines.get(lines.size() - 1));
            for (String result : results) {
                assertEquals(
                        70,
                        json(output.resolve("results").resolve(result))
                                .get("width")
                                .asInt());
            }
            assertEquals(files(output.resolve("overlays"), ".png"), files(output.resolve("masks"), ".png"));
            assertEquals(done, files(output.resolve("masks"), ".png").size());
            assertFalse(Files.exists(output.resolve(".image.tmp")));
        }
        command.add("--until-idle");
        CommandRun second = CommandRun.of(command.toArray(String[]::new));
        assertEquals(0, second.code(), second.err());
        assertTrue(second.out().contains(images - done + " images, 0 of them could not be read"), second.out());
        assertEquals(images, files(output.resolve("results"), ".json").size());
    }

    private static List<String> files(Path folder, String ending) throws IOException {
        try (var files = Files.list(folder)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertTrue(names.stream().allMatch(name -> name.endsWith(ending)), names.toString());
            return names;
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(file));
    }
}
