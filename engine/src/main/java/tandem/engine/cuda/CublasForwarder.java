package tandem.engine.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tandem.kernels.natives.JCudaNatives;

/**
 * The path of the forwarding library: a libcublas.so.12 that passes every call on to libcublas.so.13, built from C of
 * this project where there is a compiler, since JCublas needs the former and a machine with CUDA 13 has only the
 * latter.
 */
public final class CublasForwarder {

    private static final String PROPERTY = "tandem.cublas.forwarder";

    private CublasForwarder() {}

    /**
     * The file, whether it exists or not: the system property {@code tandem.cublas.forwarder}, else
     * {@code cublas-forwarder/libcublas.so.12} in the folder of {@link JCudaNatives}.
     */
    public static Path file() throws IOException {
        String chosen = System.getProperty(PROPERTY);
        return chosen != null
                ? Path.of(chosen)
                : JCudaNatives.folder().resolve("cublas-forwarder").resolve(NativeLibrary.CUBLAS.file());
    }

    /** The file, if it exists. */
    static Optional<Path> find() {
        try {
            return Optional.of(file()).filter(Files::isRegularFile);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
