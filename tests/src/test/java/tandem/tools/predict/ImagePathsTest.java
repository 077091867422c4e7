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

    private ImagePaths of(List<Path> inputs) throws IOException {
        return ImagePaths.of(inputs, false, root.resolve("out"));
    }

    @Test
    void foldersAreReplacedByTheirImagesAndTheRestIsCounted() throws IOException {
        Path b = file("tree/b.JPG");
        Path a = file("tree/a.png");
        file("tree/sub/c.png");
        file("tree/notes.txt");
        file("tree/photo.heic");
        ImagePaths paths = of(List.of(root.resolve("tree"), b));
        assertEquals(List.of(a, b), paths.images(), "each once");
        assertEquals(
                Optional.of(
                        "passed over: 1 folder (sub), 2 files that are no images in a format that is read (notes.txt,"
                                + " photo.heic)"),
                paths.passedOver());
        assertEquals(Optional.empty(), of(List.of(a)).passedOver());
        Files.delete(a);
        Files.delete(b);
        String message = assertThrows(InputException.class, () -> of(List.of(root.resolve("tree"))))
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
                of(images).names());
    }

    @Test
    void foldersInFoldersAreSearchedWhereAsked() throws IOException {
        Path top = file("tree/0001.png");
        Path sub = file("tree/sub/0001.png");
        Path deep = file("tree/sub/deep/0001.jpg");
        Path other = file("tree/sub/deep/0001.bmp");
        Path second = file("cam2/sub/0001.PNG");
        file("tree/sub/notes.txt");
        file("tree/.hidden/0002.png");
        file("tree/found/overlays/0003.png");
        Files.createSymbolicLink(root.resolve("tree/link"), root.resolve("tree"));
        ImagePaths paths = ImagePaths.of(
                List.of(root.resolve("tree"), root.resolve("cam2"), sub), true, root.resolve("tree/./found"));
        assertEquals(List.of(top, sub, other, deep, second), paths.images());
        assertEquals(
                List.of("0001", "tree_sub/0001", "tree_sub/deep/0001_bmp", "tree_sub/deep/0001_jpg", "cam2_sub/0001"),
                paths.names());
        assertEquals(
                Optional.of("passed over: 3 folders (.hidden, found, link), 1 file that is no image in a format that is"
                        + " read (notes.txt)"),
                paths.passedOver());
    }
}
