package tandem.tools.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.tools.InputException;
import tandem.tools.Subprocess;

/**
 * The user's nvcc.
 *
 * @param nvcc the program; null to look for it
 * @param options further options, such as {@code -DN=3}
 */
record CudaCompiler(Path nvcc, List<String> options) {

    /** Compiles a {@code .cu} file to PTX with line numbers. */
    PtxSource compile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + ": there is no such file");
        }
        Path folder = Files.createTempDirectory("tandem-nvcc");
        Path ptx = folder.resolve("kernel.ptx");
        try {
            List<String> command =
                    new ArrayList<>(List.of(find(file).toString(), "-ptx", "-lineinfo", "-o", ptx.toString()));
            if (options.stream().noneMatch(option -> option.matches("-arch.*|-gencode.*|--gpu-.*"))) {
                command.add("-arch=compute_75");
            }
            command.addAll(options);
            command.add(file.toString());
            Subprocess.run("compiling " + file, command);
            return new PtxSource(file.toString(), Files.readString(ptx));
        } catch (Subprocess.Failure e) {
            throw new InputException(firstError(file, e.getMessage()));
        } finally {
            Files.deleteIfExists(ptx);
            Files.deleteIfExists(folder);
        }
    }

    /** The first line of the output that reports an error. */
    private static String firstError(Path file, String output) {
        String first = output.lines().findFirst().orElse("").strip();
        return output.lines()
                .map(line -> line.replaceFirst("^compiling .* exited with status \\d+: ", ""))
                .filter(line -> line.contains("error"))
                .findFirst()
                .map(line -> "nvcc does not compile " + file + ": " + line.strip())
                .orElse(first.endsWith(":") ? first.substring(0, first.length() - 1) + ", without a message" : first);
    }

    private Path find(Path file) {
        if (nvcc != null) {
            if (!Files.isExecutable(nvcc)) {
                throw new InputException("--nvcc " + nvcc + ": there is no such program");
            }
            return nvcc;
        }
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            if (System.getenv(variable) != null) {
                folders.add(Path.of(System.getenv(variable), "bin"));
            }
        }
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(File.pathSeparator)) {
            folders.add(Path.of(folder));
        }
        for (Path folder : folders) {
            for (String name : List.of("nvcc", "nvcc.exe")) {
                if (Files.isExecutable(folder.resolve(name))) {
                    return folder.resolve(name);
                }
            }
        }
        throw new InputException(
                file + ": a .cu file needs nvcc, which is not in the PATH or in CUDA_HOME/bin. Install the"
                        + " package cuda-nvcc of NVIDIA's CUDA Toolkit (developer.nvidia.com/cuda-downloads; no GPU is needed), or"
                        + " compile elsewhere with 'nvcc -ptx -lineinfo' and pass the .ptx file");
    }
}
