package tandem.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.tools.cublas.ForwardingLibrary;

/**
 * The findings of the probe about libraries that are missing, damaged or of the wrong version, each in a process of its
 * own.
 */
class CudaProbeTest {

    @TempDir
    static Path built;

    @TempDir
    Path folder;

    /**
     * Run in a process of its own: prints each finding. The mock starts with one GPU if the environment requests it.
     */
    public static final class Probing {
        private Probing() {}

        /** Prints what is found; ends with status 0 whatever that is. */
        public static void main(String[] arguments) {
            CudaProbe probe = CudaProbe.run();
            probe.findings()
                    .forEach(finding -> System.out.println(
                            (finding.found() ? "found " : "missing ") + finding.name() + ": " + finding.text()));
            System.out.println(
                    probe.usable() ? "usable" : "not usable: " + probe.problem().orElseThrow());
        }
    }

    @BeforeAll
    static void build() throws Exception {
        try {
            MockCuda.build(built);
        } catch (IOException e) {
            assumeTrue(false, "the mock CUDA libraries cannot be built: " + e.getMessage());
        }
    }

    private List<String> probe(List<String> libraries, String... environment) throws Exception {
        for (String library : libraries) {
            Files.copy(built.resolve(library), folder.resolve(library));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Probing.class.getName()));
        if (Runtime.version().feature() >= 24) {
            command.addAll(1, List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        builder.environment().put("MOCK_CUDA_DEVICES", "1");
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the probe hangs");
        assertEquals(0, process.exitValue(), Files.readString(err));
        assertEquals("", Files.readString(err));
        return Files.readAllLines(out);
    }

    private static void assertContains(String line, String... parts) {
        for (String part : parts) {
            assertTrue(line.contains(part), "'" + part + "' is not in: " + line);
        }
    }

    @Test
    void withoutDriverOneLineDescribesTheInstallation() throws Exception {
        assumeTrue(!Files.exists(Path.of("/proc/driver/nvidia/version")), "this machine has a driver");
        List<String> lines = probe(List.of());
        assertEquals(2, lines.size(), lines.toString());
        assertContains(lines.get(0), "missing libcuda.so.1", "does not load", "install the NVIDIA driver");
    }

    @Test
    void allThere() throws Exception {
        List<String> lines = probe(List.of("libcuda.so.1", "libcudnn.so.9", "libcublas.so.12"));
        assertEquals(
                List.of(
                        "found libcuda.so.1: driver for CUDA 12.4, 1 GPU",
                        "found libcudnn.so.9: cuDNN 9.5.1",
                        "found libcublas.so.12: cuBLAS 12",
                        "usable"),
                lines);
    }

    @Test
    void withoutCudnn() throws Exception {
        List<String> lines = probe(List.of("libcuda.so.1"));
        assertContains(lines.get(0), "found libcuda.so.1");
        assertContains(lines.get(1), "missing libcudnn.so.9", "install cuDNN 9", "LD_LIBRARY_PATH");
        assertContains(lines.get(2), "not usable: libcudnn.so.9");
    }

    @Test
    void withoutCublasItStillWorks() throws Exception {
        List<String> lines = probe(List.of("libcuda.so.1", "libcudnn.so.9"));
        assertContains(lines.get(2), "missing libcublas.so.12", "through cuDNN");
        assertEquals("usable", lines.get(3));
    }

    @Test
    void cuda13WithoutForwardingLibrary(@TempDir Path newer) throws Exception {
        MockCuda.buildForCuda13(newer);
        Files.copy(newer.resolve("libcublas.so.13"), folder.resolve("libcublas.so.13"));
        List<String> lines = probe(List.of("libcuda.so.1", "libcudnn.so.9"));
        assertContains(lines.get(2), "missing libcublas.so.12", "libcublas.so.13", "tandem doctor", "through cuDNN");
        assertEquals("usable", lines.get(3));
    }

    @Test
    void cuda13WithForwardingLibrary(@TempDir Path newer) throws Exception {
        MockCuda.buildForCuda13(newer);
        Files.copy(newer.resolve("libcublas.so.13"), folder.resolve("libcublas.so.13"));
        // Where the probe looks by itself: in the cache.
        ForwardingLibrary.build(newer.resolve("tandem/natives/cublas-forwarder/libcublas.so.12"));
        List<String> lines = probe(List.of("libcuda.so.1", "libcudnn.so.9"), "XDG_CACHE_HOME", newer.toString());
        assertEquals(
                List.of("found libcublas.so.12: cuBLAS 13 through the forwarding library", "usable"),
                lines.subList(2, 4));
    }

    @Test
    void cudnnOfAnotherVersion() throws Exception {
        List<String> lines = probe(List.of("libcuda.so.1", "libcudnn.so.9"), "MOCK_CUDNN_VERSION", "8907");
        assertContains(lines.get(1), "missing libcudnn.so.9", "8907", "not a cuDNN 9", "install cuDNN 9");
    }

    @Test
    void libraryThatLacksAFunctionDoesNotEndTheProcess() throws Exception {
        // The name stays as long as it was, so that nothing else in the file moves.
        byte[] bytes = Files.readAllBytes(built.resolve("libcuda.so.1"));
        byte[] name = "cuGraphInstantiateWithFlags".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int replaced = 0;
        for (int i = 0; i + name.length <= bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + name.length, name, 0, name.length)) {
                bytes[i] = 'x';
                replaced++;
            }
        }
        assertTrue(replaced > 0);
        Files.write(folder.resolve("libcuda.so.1"), bytes);
        List<String> lines = probe(List.of());
        assertContains(
                lines.get(0), "missing libcuda.so.1", "lacks cuGraphInstantiateWithFlags", "install the NVIDIA driver");
    }

    @Test
    void damagedLibrary() throws Exception {
        Files.write(folder.resolve("libcudnn.so.9"), new byte[] {1, 2, 3});
        List<String> lines = probe(List.of("libcuda.so.1"));
        assertContains(lines.get(1), "missing libcudnn.so.9", "does not load");
    }
}
