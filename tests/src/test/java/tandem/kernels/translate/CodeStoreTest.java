package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.kernels.ShippedPtx;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.translate.x86.VectorCode;
import tandem.kernels.translate.x86.VectorTranslator;

class CodeStoreTest {

    private static final String ENTRY = "elementwise_add";

    @TempDir
    Path folder;

    private static List<VectorCode> code() {
        assumeTrue(VectorTranslator.obstacle() == null, VectorTranslator.obstacle());
        PtxEntry entry = ShippedPtx.module("elementwise", ENTRY).entry(ENTRY);
        return VectorTranslator.code(entry, name -> 0);
    }

    private static void assertSame(List<VectorCode> expected, List<VectorCode> read) {
        assertEquals(expected.size(), read.size());
        for (int i = 0; i < read.size(); i++) {
            VectorCode a = expected.get(i);
            VectorCode b = read.get(i);
            assertArrayEquals(a.code(), b.code());
            assertEquals(
                    List.of(a.parts(), a.partBytes(), a.pendingBytes(), a.frameBytes(), a.recordBytes(), a.needsRows()),
                    List.of(
                            b.parts(),
                            b.partBytes(),
                            b.pendingBytes(),
                            b.frameBytes(),
                            b.recordBytes(),
                            b.needsRows()));
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        List<VectorCode> code = code();
        CodeStore store = new CodeStore(folder);
        assertTrue(store.read(ENTRY).isEmpty());
        store.write(ENTRY, code);
        assertSame(code, store.read(ENTRY));
        store.write(ENTRY, code);
        assertSame(code, new CodeStore(folder).read(ENTRY));
    }

    /** Code in files is only right if it depends on nothing but the kernel. */
    @Test
    void twoTranslationsAreEqual() {
        assertSame(code(), code());
    }

    @Test
    void damagedFilesAreNotUsed() throws IOException {
        CodeStore store = new CodeStore(folder);
        store.write(ENTRY, code());
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findAny().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 3, 8, 100, whole.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertTrue(store.read(ENTRY).isEmpty());
        }
        for (int at = 0; at < whole.length; at += 97) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            assertTrue(store.read(ENTRY).isEmpty());
        }
        store.write(ENTRY, code());
        assertArrayEquals(whole, Files.readAllBytes(file));
    }

    @Test
    void aStoreThatCannotBeUsedStoresNothing() {
        for (Path none : new Path[] {null, folder.resolve("missing")}) {
            CodeStore store = new CodeStore(none);
            store.write(ENTRY, code());
            assertTrue(store.read(ENTRY).isEmpty());
        }
    }

    @Test
    void anotherBuildHasAnotherDigest() throws IOException {
        Path file = folder.resolve("tandem/kernels/One.class");
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[] {1});
        String first = CodeStore.digest(folder);
        assertEquals(first, CodeStore.digest(folder));
        Files.write(file, new byte[] {1, 2});
        assertNotEquals(first, CodeStore.digest(folder));
    }

    @Test
    void foldersOfOldBuildsAreDeleted() throws IOException {
        Path old = Files.createDirectories(folder.resolve("kernels-old"));
        Path young = Files.createDirectories(folder.resolve("kernels-young"));
        Path other = Files.createDirectories(folder.resolve("javacpp"));
        Files.write(old.resolve("a.code"), new byte[1]);
        FileTime time = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
        Files.setLastModifiedTime(old, time);
        Files.setLastModifiedTime(other, time);
        CodeStore.deleteOld(folder);
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
        assertTrue(Files.exists(other));
    }
}
