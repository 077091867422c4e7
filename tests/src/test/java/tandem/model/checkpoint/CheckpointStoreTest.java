package tandem.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

class CheckpointStoreTest {

    @TempDir
    Path folder;

    private static SafetensorsWriter content(float value) {
        return new SafetensorsWriter().add("x", new int[] {1}, () -> new float[] {value});
    }

    private static float value(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return reader.read("x", 1)[0];
        }
    }

    @Test
    void keepsTheNewestAndTheOneBefore() throws IOException {
        CheckpointStore store = new CheckpointStore(folder.resolve("run"));
        assertFalse(store.exists());
        assertTrue(
                assertThrows(WeightsException.class, store::open).getMessage().contains("no checkpoint here"));
        for (int i = 1; i <= 3; i++) {
            store.save(content(i));
            assertEquals(i, value(store.current()));
            assertEquals(i > 1, Files.exists(store.previous()));
        }
        assertEquals(2, value(store.previous()));
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertEquals(2, files.count());
        }
        try (SafetensorsReader reader = store.open()) {
            assertEquals(3, reader.read("x", 1)[0]);
        }
    }

    @Test
    void aWriteThatFailsLeavesTheCheckpointAlone() throws IOException {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(content(1));
        SafetensorsWriter broken = new SafetensorsWriter().add("x", new int[] {1}, () -> {
            throw new IllegalStateException("device lost");
        });
        assertThrows(IllegalStateException.class, () -> store.save(broken));
        assertEquals(1, value(store.current()));
    }

    @Test
    void aTemporaryFileLeftByAKilledProcessIsIgnoredAndReplaced() throws IOException {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(content(1));
        Files.write(folder.resolve(CheckpointStore.CURRENT + ".tmp"), new byte[] {1, 2, 3});
        assertEquals(1, value(store.current()));
        store.save(content(2));
        assertEquals(2, value(store.current()));
        assertFalse(Files.exists(folder.resolve(CheckpointStore.CURRENT + ".tmp")));
    }

    @Test
    void aDamagedCheckpointNamesTheOneBefore() throws IOException {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(content(1));
        store.save(content(2));
        byte[] bytes = Files.readAllBytes(store.current());
        Files.write(store.current(), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        String message = assertThrows(WeightsException.class, store::open).getMessage();
        assertTrue(message.contains("cut short") && message.contains(CheckpointStore.PREVIOUS), message);
        assertEquals(1, value(store.previous()));
        Files.delete(store.current());
        assertTrue(
                assertThrows(WeightsException.class, store::open).getMessage().contains("rename it"));
    }
}
