package tandem.tools.cublas;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tandem.tools.FolderTree;
import tandem.tools.Subprocess;

/**
 * Builds a libcublas.so.12 that forwards every call to libcublas.so.13, from {@code tools/src/main/c}. It requires gcc,
 * but no part of CUDA.
 */
public final class ForwardingLibrary {

    private static final String NAME = "libcublas.so.12";
    private static final String SOURCE = "cublas_forward.c";
    private static final String VERSIONS = "cublas_forward.map";
    private static final List<String> FILES = List.of(SOURCE, VERSIONS, "cublas_functions.h");

    private ForwardingLibrary() {}

    /**
     * Builds the library in a temporary folder and moves it to {@code file}.
     *
     * @param file the library to write; its folder is created
     * @throws Subprocess.Failure when gcc is missing or fails
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
            FolderTree.delete(work);
        }
    }
}
