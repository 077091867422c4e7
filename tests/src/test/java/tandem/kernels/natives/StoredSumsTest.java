package tandem.kernels.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSumsTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void requireInodes() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("unix"));
        file = Files.write(folder.resolve("library.so"), "the library".getBytes());
    }

    private static long sum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes());
        return sum.getValue();
    }

    private long read(long minAge) throws Exception {
        StoredSums sums = new StoredSums(folder, minAge);
        long sum = sums.of(file);
        sums.save();
        return sum;
    }

    @Test
    void aStoredSumIsUsed() throws Exception {
        assertEquals(sum("the library"), read(0));
        Path stored = folder.resolve("sums");
        String text = Files.readString(stored);
        Files.writeString(stored, text.replace(Long.toHexString(sum("the library")), "1234"));
        assertEquals(0x1234, read(0));
    }

    /** Size and time of the content are as before; programs cannot set the time of the inode. */
    @Test
    void aChangedFileIsReadAgain() throws Exception {
        var date = Files.getLastModifiedTime(file);
        read(0);
        // Clocks of file systems tick every few milliseconds.
        Thread.sleep(30);
        Files.write(file, "the lib%ary".getBytes());
        Files.setLastModifiedTime(file, date);
        assertEquals(sum("the lib%ary"), read(0));
    }

    @Test
    void aFileThatWasChangedNowIsNotStored() throws Exception {
        assertEquals(sum("the library"), read(60_000));
        assertFalse(Files.exists(folder.resolve("sums")));
    }

    @Test
    void damagedSumsAreNotUsed() throws Exception {
        for (String text : new String[] {"", "\n\n", "x", "\0\uD7FF 12", "library.so 11 x"}) {
            Files.writeString(folder.resolve("sums"), text);
            assertEquals(sum("the library"), read(0));
        }
        read(0);
        Path stored = folder.resolve("sums");
        Files.writeString(stored, Files.readString(stored).replaceAll("[0-9a-f]+\n", "none\n"));
        assertEquals(sum("the library"), read(0));
        Files.write(stored, new byte[] {(byte) 0xC0, 10, (byte) 0xFF});
        assertEquals(sum("the library"), read(0));
        assertTrue(Files.readString(stored).startsWith("library.so 11 "));
    }
}
