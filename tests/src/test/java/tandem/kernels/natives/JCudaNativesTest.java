package tandem.kernels.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JCudaNativesTest {

    @TempDir
    Path folder;

    @Test
    void fileCutShortIsRepaired() throws IOException {
        byte[] whole = whole();
        for (int length : new int[] {0, 1000, whole.length - 1}) {
            Path file = folder.resolve(JCudaNatives.fileName("JNvrtc"));
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertEquals(file, JCudaNatives.unpack("JNvrtc", folder));
            assertArrayEquals(whole, Files.readAllBytes(file));
        }
        assertEquals(1, entries().size(), "partial files are left: " + entries());
    }

    @Test
    void fileWithOtherBytesOrALongerOneIsReplaced() throws IOException {
        byte[] whole = whole();
        Path file = folder.resolve(JCudaNatives.fileName("JNvrtc"));
        byte[] other = whole.clone();
        other[other.length / 2] ^= 1;
        Files.write(file, other);
        JCudaNatives.unpack("JNvrtc", folder);
        assertArrayEquals(whole, Files.readAllBytes(file));
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
        JCudaNatives.unpack("JNvrtc", folder);
        assertArrayEquals(whole, Files.readAllBytes(file));
    }

    @Test
    void wholeFileIsLeftAlone() throws IOException {
        Path file = JCudaNatives.unpack("JNvrtc", folder);
        FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, longAgo);
        JCudaNatives.unpack("JNvrtc", folder);
        assertEquals(longAgo, Files.getLastModifiedTime(file));
    }

    @Test
    void unknownLibraryIsOneClearError() {
        IOException e = assertThrows(IOException.class, () -> JCudaNatives.unpack("JNothing", folder));
        assertTrue(e.getMessage().contains("libJNothing") || e.getMessage().contains("JNothing"), e.getMessage());
        assertTrue(e.getMessage().contains("jcuda-natives"), e.getMessage());
    }

    @Test
    void folderIsForItsOwnerAlone() throws IOException {
        Path shared = folder.resolve("shared");
        Files.createDirectory(shared);
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        String before = System.getProperty("tandem.natives");
        System.setProperty("tandem.natives", shared.toString());
        try {
            assertEquals(shared, JCudaNatives.folder());
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)));
        } finally {
            if (before == null) {
                System.clearProperty("tandem.natives");
            } else {
                System.setProperty("tandem.natives", before);
            }
        }
    }

    @Test
    void temporaryFolderIsGivenBackEvenWhenLoadingFails() {
        String before = System.getProperty("java.io.tmpdir");
        assertThrows(
                UnsatisfiedLinkError.class,
                () -> JCudaNatives.load("JNvrtc", () -> {
                    throw new UnsatisfiedLinkError("planted");
                }));
        assertEquals(before, System.getProperty("java.io.tmpdir"));
    }

    private static byte[] whole() throws IOException {
        try (InputStream stream = JCudaNatives.class.getResourceAsStream("/lib/" + JCudaNatives.fileName("JNvrtc"))) {
            return stream.readAllBytes();
        }
    }

    private List<Path> entries() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
