package tandem.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {

    @TempDir
    private Path folder;

    @Test
    void deletesWhatIsBelowAFolderButNotTheTargetsOfLinks() throws IOException {
        Path outside = Files.writeString(
                Files.createDirectory(folder.resolve("outside")).resolve("a.txt"), "a");
        Path tree = folder.resolve("tree");
        Files.writeString(Files.createDirectories(tree.resolve("b/c")).resolve("d.txt"), "d");
        Files.createSymbolicLink(tree.resolve("link"), outside.getParent());

        FolderTree.delete(tree);
        assertFalse(Files.exists(tree));
        assertEquals("a", Files.readString(outside));

        FolderTree.delete(tree);
    }
}
