package tandem.tools.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.InputException;

/** Which images a command uses, and the names of their results. */
class ImagePathsTest {

    @TempDir
    Path root;

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        return file;
    }

    @Test
    void foldersAreReplacedByTheirImagesAndTheRestIsCounted() throws IOException {
        Path b = file("tree/b.JPG");
        Path a = file("tree/a.png");
        file("tree/sub/c.png");
        file("tree/notes.txt");
        file("tree/photo.heic");
        ImagePaths paths = ImagePaths.of(List.of(root.resolve("tree"), b));
        assertEquals(List.of(a, b), paths.images(), "each once");
        assertEquals(
                Optional.of(
                        "passed over: 1 folder (sub), 2 files that are no images in a format that is read (notes.txt,"
                                + " photo.heic)"),
                paths.passedOver());
        assertEquals(Optional.empty(), ImagePaths.of(List.of(a)).passedOver());
        Files.delete(a);
        Files.delete(b);
        String message = assertThrows(InputException.class, () -> ImagePaths.of(List.of(root.resolve("tree"))))
                .getMessage();
        assertTrue(
                message.contains("tree: contains no .jpg") && message.contains(", but 1 folder (sub), 2 files"),
                message);
    }

    @Test
    void resultsOfEqualNamesAreDistinct() throws IOException {
        List<Path> images = List.of(
                file("cam1/0001.png"),
                file("cam2/0001.png"),
                file("cam2/0002.png"),
                file("x/a.png"),
                file("x/a.jpg"),
                file("x/A.bmp"),
                file("line/cam1/0001.png"),
                file("other/cam1/0001.png"));
        assertEquals(
                List.of(
                        "cam1_0001_png_1",
                        "cam2_0001",
                        "0002",
                        "x_a_png",
                        "x_a_jpg",
                        "x_A_bmp",
                        "cam1_0001_png_2",
                        "cam1_0001_png_3"),
                ImagePaths.of(images).names());
    }
}
