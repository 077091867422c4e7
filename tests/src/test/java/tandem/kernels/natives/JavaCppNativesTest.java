package tandem.kernels.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaCppNativesTest {

    @TempDir
    Path root;

    @Test
    void filesThatDifferFromTheJarAreRemoved() throws Exception {
        byte[] library = "the library".getBytes();
        Path jar = root.resolve("some-1.0.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String name : new String[] {"same", "longer", "changed", "linked"}) {
                zip.putNextEntry(new ZipEntry("org/some/" + name + ".so"));
                zip.write(library);
                zip.closeEntry();
            }
        }
        Path folder = root.resolve("cache");
        Path inside = Files.createDirectories(folder.resolve("some-1.0.jar/org/some"));
        Path lock = Files.createFile(folder.resolve(".lock"));
        Path same = Files.write(inside.resolve("same.so"), library);
        Path longer = Files.write(inside.resolve("longer.so"), "the library.".getBytes());
        Path changed = Files.write(inside.resolve("changed.so"), "the lib%ary".getBytes());
        Path foreign = Files.write(inside.resolve("foreign.so"), library);
        Path linked = Files.createSymbolicLink(inside.resolve("linked.so"), same);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            JavaCppNatives.check(folder, loader);
        }
        assertTrue(Files.exists(same) && Files.exists(lock));
        for (Path bad : new Path[] {longer, changed, foreign, linked}) {
            assertFalse(Files.exists(bad, java.nio.file.LinkOption.NOFOLLOW_LINKS), bad.toString());
        }
    }

    @Test
    void theFolderIsForItsOwnerAlone() throws Exception {
        Path shared = Files.createDirectory(root.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        NativeFolder.secured(shared);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)));
    }

    /** In a JVM of its own: a changed library is replaced before it is loaded. */
    @Test
    void oneDnnIsUnpackedAgainWhenItWasChanged() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path folder = root.resolve("natives");
        for (int run = 0; run < 2; run++) {
            Process process = new ProcessBuilder(
                            java,
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Dtandem.natives=" + folder,
                            OneDnnStart.class.getName())
                    .redirectErrorStream(true)
                    .start();
            String output;
            try (InputStream stream = process.getInputStream()) {
                output = new String(stream.readAllBytes());
            }
            assertEquals(0, process.waitFor(), output);
            Path library;
            try (var files = Files.walk(folder.resolve("javacpp"))) {
                library = files.filter(file -> file.getFileName().toString().startsWith("libgomp"))
                        .findFirst()
                        .orElseThrow();
            }
            byte[] bytes = Files.readAllBytes(library);
            if (run == 0) {
                var date = Files.getLastModifiedTime(library);
                byte[] bad = bytes.clone();
                bad[bytes.length / 2] ^= 1;
                Files.write(library, bad);
                Files.setLastModifiedTime(library, date);
            } else {
                try (InputStream stream = JavaCppNatives.class
                        .getClassLoader()
                        .getResourceAsStream("org/bytedeco/dnnl/linux-x86_64/libgomp.so.1")) {
                    assertArrayEquals(stream.readAllBytes(), bytes);
                }
            }
        }
    }
}
