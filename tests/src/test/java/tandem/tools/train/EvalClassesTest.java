package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.data.VocFolder;
import tandem.model.declaration.SettingsJson;
import tandem.model.train.TinyData;
import tandem.tools.CommandRun;

/** {@code tandem eval} matches the classes of data and network by name. */
class EvalClassesTest {

    @TempDir
    Path root;

    private Path weights;

    @BeforeEach
    void network() throws IOException {
        List<String> classes = List.of("alpha", "beta");
        var settings = TinyData.network(64).withClasses(classes, classes);
        weights = TinyWeights.write(root.resolve("weights.safetensors"), settings, SettingsJson.write(settings));
    }

    /** One image: the class of the left columns has the index {@code left}. */
    private Path data(String name, String classes, int left) throws IOException {
        Path folder = root.resolve(name);
        Files.createDirectories(folder);
        VocFolder.in(folder)
                .text("classes.txt", classes)
                .image("a.png", 64, 64)
                .mask("a", 64, 64, 8, (x, y) -> x < 20 ? left : x < 50 ? 3 - left : 0);
        return folder;
    }

    private CommandRun eval(Path data) {
        return CommandRun.direct(
                "eval",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                weights.toString(),
                "--data",
                data.toString(),
                "--output",
                data.resolveSibling(data.getFileName() + "-out").toString());
    }

    private JsonNode figures(Path data) throws IOException {
        CommandRun run = eval(data);
        assertEquals(0, run.code(), run.err());
        ObjectNode result = (ObjectNode)
                TinyRun.json(data.resolveSibling(data.getFileName() + "-out").resolve("result.json"));
        result.remove(List.of("seconds", "settings", "data"));
        return result;
    }

    @Test
    void theOrderOfTheClassesOfTheDataHasNoEffect() throws IOException {
        JsonNode straight = figures(data("ab", "alpha\nbeta\n", 1));
        assertEquals(straight, figures(data("ba", "beta\nalpha\n", 2)));
        assertTrue(straight.toString().contains("alpha"), straight.toString());
        CommandRun more = eval(data("more", "alpha\nbeta\ngamma\n", 1));
        assertEquals(0, more.code(), more.err());
        assertTrue(more.out().contains("the data has mask classes that the network lacks: gamma"), more.out());
    }

    @Test
    void otherClassesAreRefusedWithAndWithoutObjects() throws IOException {
        CommandRun objects = eval(data("objects", "bolt\nnut\n", 1));
        assertEquals(2, objects.code());
        assertTrue(objects.err().contains("pixels of the unknown class 'bolt', expected [alpha, beta]"), objects.err());
        Path empty = data("empty", "bolt\nnut\n", 1);
        VocFolder.in(empty).mask("a", 64, 64, 8, (x, y) -> 0);
        CommandRun background = eval(empty);
        assertEquals(2, background.code());
        assertTrue(
                background.err().contains("has the mask classes [bolt, nut], and none of the network's [alpha, beta]"),
                background.err());
        CommandRun one = eval(data("one", "alpha\nnut\n", 1));
        assertEquals(2, one.code(), "an object of a class that the network lacks");
        assertTrue(one.err().contains("unknown class 'nut'"), one.err());
    }
}
