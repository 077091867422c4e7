package tandem.tools.cublas;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tandem.tools.Subprocess;

/**
 * Builds a libcublas.so.12 that passes every call on to libcublas.so.13, from {@code tools/src/main/c}. It needs gcc
 * and nothing of CUDA.
 */
public final class ForwardingLibrary {

    private static final String NAME = "libcublas.so.12";
    private static final String SOURCE = "cublas_forward.c";
    private static final String VERSIONS = "cublas_forward.map";
    private static final List<String> FILES = List.of(SOURCE, VERSIONS, "cublas_functions.h");

    private ForwardingLibrary() {}

    /**
     * Builds it and moves it into place in one step.
     *
     * @param file where to; its folder is made
     * @throws Subprocess.Failure when there is no gcc, or it fails
     */
    public static void build(Path file) throws IOException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        Path work = Files.createTempDirectory(folder, "cublas");
        try {
            for (String name : FILES) {
                try (InputStream stream = ForwardingLibrary.class.getResourceAsStream(name)) {
                    Files.copy(stream, work.resolve(name));
                }
            }
            Path built = work.resolve(NAME);
            Subprocess.run(
                    "building the forwarding library for cuBLAS 13",
                    List.of(
                            "gcc",
                            "-shared",
                            "-fPIC",
                            "-O2",
                            "-Wl,-soname," + NAME,
                            "-Wl,--version-script=" + work.resolve(VERSIONS),
                            "-o",
                            built.toString(),
                            work.resolve(SOURCE).toString(),
                            "-ldl"));
            Files.move(built, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            try (var files = Files.list(work)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(work);
        }
    }
}
