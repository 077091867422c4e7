package tandem.engine.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/**
 * A GPU made of host memory: the driver, cuDNN and cuBLAS as small C libraries (tests/src/test/c), built here, and
 * kernels run by the translator. JCuda's own natives load them, since the loader takes a library that is already there
 * under the same name. Outside {@link #start} the mock driver sees no GPU, so that other tests of this process find
 * none.
 */
public final class MockCuda {

    /** A GPU with 1 GiB, a driver for CUDA 12.4 and cuDNN 9.5.1, whatever earlier tests did. */
    static final long MEMORY = 1L << 30;

    static final int DRIVER = 12_040;
    static final int CUDNN = 90_501;

    private static Path built;
    /** Libraries by their names: several tests need them in folders of their own. */
    private static final Map<String, byte[]> COMPILED = new HashMap<>();

    private static String unavailable;
    private static boolean loaded;
    private static final List<PtxModule> MODULES = new ArrayList<>();
    private static final List<HostKernel> FUNCTIONS = new ArrayList<>();
    private static String lastError = "";
    private static String nextModuleError;

    private MockCuda() {}

    /**
     * Takes the libraries from a folder that {@link #build} or {@link #buildForCuda13} has filled, instead of building
     * them again.
     */
    public static void use(Path folder) {
        built = folder;
    }

    /** Builds and loads the libraries on first use and plugs in one GPU; skips the test where there is no compiler. */
    public static void start() {
        start(1, DRIVER, MEMORY, CUDNN);
    }

    /** The same with everything chosen. */
    static void start(int devices, int driver, long bytes, int cudnn) {
        load();
        configure(devices, driver, bytes, cudnn);
    }

    /** A mock without GPU, as at the start. */
    public static void stop() {
        if (loaded) {
            configure(0, DRIVER, MEMORY, CUDNN);
        }
    }

    private static synchronized void load() {
        if (!loaded && unavailable == null) {
            try {
                Path folder = Files.createTempDirectory("mock-cuda");
                for (Path library : built == null ? build(folder) : libraries(built)) {
                    System.load(library.toString());
                }
                register();
                System.setProperty(
                        "tandem.algorithms", folder.resolve("algorithms.tsv").toString());
                loaded = true;
            } catch (IOException | InterruptedException e) {
                unavailable = "the mock CUDA libraries cannot be built: " + e.getMessage();
            }
        }
        assumeTrue(unavailable == null, unavailable);
    }

    /** Builds the three libraries with gcc. */
    public static List<Path> build(Path folder) throws IOException, InterruptedException {
        return build(folder, "libcublas.so.12");
    }

    /** The same as on a machine with CUDA 13, whose cuBLAS has another name and other versions of its symbols. */
    public static List<Path> buildForCuda13(Path folder) throws IOException, InterruptedException {
        return build(folder, "libcublas.so.13");
    }

    private static List<Path> build(Path folder, String cublas) throws IOException, InterruptedException {
        List<Path> libraries =
                List.of(folder.resolve("libcuda.so.1"), folder.resolve("libcudnn.so.9"), folder.resolve(cublas));
        compile(folder, libraries.get(0), "mock_", null);
        compile(folder, libraries.get(1), "cudnn_", libraries.get(0));
        compile(folder, libraries.get(2), "cublas_", libraries.get(0));
        return libraries;
    }

    private static List<Path> libraries(Path folder) {
        Path older = folder.resolve("libcublas.so.12");
        return List.of(
                folder.resolve("libcuda.so.1"),
                folder.resolve("libcudnn.so.9"),
                Files.exists(older) ? older : folder.resolve("libcublas.so.13"));
    }

    private static synchronized void compile(Path folder, Path library, String prefix, Path against)
            throws IOException, InterruptedException {
        String name = library.getFileName().toString();
        byte[] known = COMPILED.get(name);
        if (known != null) {
            Files.write(library, known);
            return;
        }
        Path include = Path.of(System.getProperty("java.home"), "include");
        List<String> command = new ArrayList<>(List.of(
                "gcc",
                "-std=gnu11",
                "-O3",
                "-march=native",
                "-fassociative-math",
                "-fno-signed-zeros",
                "-fno-trapping-math",
                "-fPIC",
                "-shared",
                "-I" + include,
                "-I" + include.resolve("linux"),
                "-Wl,-soname," + name,
                "-o",
                library.toString()));
        try (Stream<Path> files = Files.list(sources())) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".c")
                            && Path.of(file).getFileName().toString().startsWith(prefix))
                    .sorted()
                    .forEach(command::add);
        }
        if (against != null) {
            command.add(against.toString());
            Path versions = folder.resolve(name + ".map");
            Files.writeString(versions, name + " { global: *; };\n");
            command.add("-Wl,--version-script=" + versions);
        }
        Path log = folder.resolve("gcc.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError("gcc: " + Files.readString(log));
        }
        COMPILED.put(name, Files.readAllBytes(library));
    }

    private static Path sources() {
        Path beside = Path.of("src", "test", "c");
        return (Files.isDirectory(beside) ? beside : Path.of("tests").resolve(beside)).toAbsolutePath();
    }

    private static native void register();

    private static native void configure(int devices, int driver, long bytes, int cudnn);

    /**
     * Lets a call fail with a code after it has gone well {@code skip} times. "kernel" and similar names mean the work
     * itself.
     */
    public static native void fail(String call, int code, long skip);

    /** Lets cuDNN support convolutions by its graph API only, until the next start. */
    public static native void withoutLegacy(boolean without);

    /** How often a function was called since the start. */
    public static native long calls(String function);

    /** Live objects, empty when there are none. */
    public static native String census();

    /** Mistakes that a real driver would not report, damaged red zones among them; empty when there are none. */
    public static native String complaints();

    /** After a lost device: what it could not release is no leak, as the real driver drops it with the process. */
    static native void forgetObjects();

    /** Lets the next module fail to compile with this log. */
    static void failNextModule(String log) {
        nextModuleError = log;
    }

    static long loadModule(String ptx) {
        if (nextModuleError != null) {
            lastError = nextModuleError;
            nextModuleError = null;
            return 0;
        }
        try {
            MODULES.add(PtxModule.parse("mock.ptx", ptx));
            return MODULES.size();
        } catch (RuntimeException e) {
            lastError = String.valueOf(e.getMessage());
            return 0;
        }
    }

    static long findFunction(long module, String name) {
        try {
            FUNCTIONS.add(Translator.translate(MODULES.get((int) module - 1), name, Mode.FAST));
            return FUNCTIONS.size();
        } catch (RuntimeException e) {
            lastError = String.valueOf(e.getMessage());
            return 0;
        }
    }

    static boolean launchKernel(
            long function,
            int blocksX,
            int blocksY,
            int blocksZ,
            int threadsX,
            int threadsY,
            int threadsZ,
            long parameters) {
        try {
            Grid grid = new Grid(blocksX, blocksY, blocksZ, threadsX, threadsY, threadsZ);
            FUNCTIONS.get((int) function - 1).run(grid, parameters, 0, Math.toIntExact(grid.blocks()));
            return true;
        } catch (RuntimeException | Error e) {
            lastError = e.toString();
            return false;
        }
    }

    static String lastError() {
        return lastError;
    }
}
