package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {

    @TempDir
    Path folder;

    private Path jar(String name, Map<String, String> content) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, String> entry : content.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar;
    }

    private List<String> natives() throws IOException {
        Path natives = folder.resolve("natives");
        return Bundle.files(natives).stream()
                .map(file -> natives.relativize(file).toString())
                .toList();
    }

    @Test
    void takesThisPlatformsLibrariesOutAndLeavesTheOthersBehind() throws IOException {
        Path binding = jar(
                "binding.jar",
                Map.of(
                        "com/Native.class",
                        "class",
                        "com/linux-x86-64/libfirst.so",
                        "first",
                        "com/win32-x86/first.dll",
                        "dll",
                        "org/Linux/x86_64/libsecond.so",
                        "second",
                        "org/Linux/arm64/libsecond.so",
                        "arm",
                        "com/darwin-x86-64/libfirst.jnilib",
                        "mac"));
        Path cuda = jar(
                "cuda.jar",
                Map.of(
                        "lib/libJCudaDriver-1-linux-x86_64.so",
                        "driver",
                        "lib/libJNvrtc-1-linux-x86_64.so",
                        "unused",
                        "lib/libJCublas2-1-linux-x86_64.so",
                        "blas 2",
                        "lib/libJCublas-1-linux-x86_64.so",
                        "unused"));
        Path resources = jar(
                "resources.jar",
                Map.of(
                        "org/bytedeco/x/linux-x86_64/libx.so.3",
                        "x",
                        "org/bytedeco/x/linux-x86_64/include/x.hpp",
                        "header",
                        "META-INF/versions/9/module-info.class",
                        "module"));
        List<String> jars = ClassPath.repack(
                List.of(cuda, binding, resources), "own.jar", folder.resolve("jars"), folder.resolve("natives"));
        assertEquals(List.of("binding.jar"), jars, "jars without classes are not needed");
        assertEquals(
                List.of(
                        "libJCublas2-1-linux-x86_64.so",
                        "libJCudaDriver-1-linux-x86_64.so",
                        "libfirst.so",
                        "libsecond.so",
                        "org/bytedeco/x/linux-x86_64/libx.so.3"),
                natives());
        assertEquals("first", Files.readString(folder.resolve("natives/libfirst.so")));
        assertEquals("second", Files.readString(folder.resolve("natives/libsecond.so")));
        try (ZipFile zip = new ZipFile(folder.resolve("jars/binding.jar").toFile())) {
            assertEquals(1, zip.size());
            assertEquals(ZipEntry.STORED, zip.getEntry("com/Native.class").getMethod());
        }
    }

    @Test
    void foldersOfClassesBecomeOneJarInTheirPlace() throws IOException {
        Path first = Files.createDirectories(folder.resolve("first/a"));
        Path second = Files.createDirectories(folder.resolve("second/a"));
        Files.write(first.resolve("One.class"), new byte[] {1});
        Files.write(first.resolve("kernel.ptx"), new byte[] {2});
        Files.write(second.resolve("Two.class"), new byte[] {3});
        Files.write(second.resolve("One.class"), new byte[] {4});
        Path library = jar(
                "library.jar",
                Map.of(
                        "b/B.class",
                        "b",
                        "META-INF/maven/g/a/pom.properties",
                        "version=1",
                        "META-INF/maven/g/a/pom.xml",
                        "x",
                        "META-INF/LICENSE",
                        "license",
                        "META-INF/X.SF",
                        "signature"));
        List<String> jars = ClassPath.repack(
                List.of(first.getParent(), library, second.getParent()),
                "own.jar",
                folder.resolve("jars"),
                folder.resolve("natives"));
        assertEquals(List.of("own.jar", "library.jar"), jars);
        try (ZipFile zip = new ZipFile(folder.resolve("jars/own.jar").toFile())) {
            TreeSet<String> names = new TreeSet<>();
            zip.stream().forEach(entry -> names.add(entry.getName()));
            assertEquals(new TreeSet<>(List.of("a/One.class", "a/Two.class", "a/kernel.ptx")), names);
            assertArrayEquals(
                    new byte[] {1},
                    zip.getInputStream(zip.getEntry("a/One.class")).readAllBytes(),
                    "the first on the class path counts");
        }
        try (ZipFile zip = new ZipFile(folder.resolve("jars/library.jar").toFile())) {
            assertTrue(zip.getEntry("META-INF/LICENSE") != null
                    && zip.getEntry("META-INF/maven/g/a/pom.properties") != null);
            assertNull(zip.getEntry("META-INF/X.SF"), "a signature of what was changed");
        }
    }
}
