package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.kernels.natives.JCudaNatives;
import tandem.tools.cublas.ForwardingLibrary;

/** Products through JCublas on a mock machine that has libcublas.so.13 alone, by way of the forwarding library. */
class CublasForwardTest {

    @TempDir
    Path folder;

    /** Run in a process of its own, with the folder of the mock as its argument: prints how often cuBLAS multiplied. */
    public static final class Products {
        private Products() {}

        /** Checks every row of products. */
        public static void main(String[] arguments) {
            MockCuda.use(Path.of(arguments[0]));
            MockCuda.start();
            try (CudaDevice device = CudaDevice.open(
                    0, CudaDevice.Options.standard().withTensorFloat32(false).withWorkspaceLimit(1 << 20))) {
                System.out.println(device.description());
                for (OperationRow row : OperationTable.rows()) {
                    if (row.name().startsWith("matrix_product")) {
                        OperationRun run = OperationRun.of(row, device, row.differentiable());
                        OperationCheck.forward(run);
                        OperationCheck.gradient(run);
                    }
                }
            }
            System.out.println("products " + (MockCuda.calls("cublasSgemm_v2") + MockCuda.calls("cublasGemmEx"))
                    + ", left '" + MockCuda.census() + MockCuda.complaints() + "'");
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    @Test
    void productsAreRight() throws Exception {
        try {
            MockCuda.buildForCuda13(folder);
        } catch (IOException e) {
            assumeTrue(false, "the mock CUDA libraries cannot be built: " + e.getMessage());
        }
        Path forwarder = folder.resolve("forwarder/libcublas.so.12");
        ForwardingLibrary.build(forwarder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dtandem.cublas.forwarder=" + forwarder));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Products.class.getName(),
                folder.toString()));
        String text = run(command);
        assertTrue(text.contains("cuBLAS 13 through the forwarding library"), text);
        Matcher products = Pattern.compile("products (\\d+), left ''").matcher(text);
        assertTrue(products.find() && Integer.parseInt(products.group(1)) > 0, text);
    }

    /** The output of nm: each function of libcublas.so.12 that JCublas requires, in the version that it requires. */
    @Test
    void everyFunctionThatJcublasWantsIsThere() throws Exception {
        try {
            new ProcessBuilder("nm", "--version").start().waitFor();
        } catch (IOException e) {
            assumeTrue(false, "there is no nm: " + e.getMessage());
        }
        Path forwarder = folder.resolve("libcublas.so.12");
        try {
            ForwardingLibrary.build(forwarder);
        } catch (tandem.tools.Subprocess.Failure e) {
            assumeTrue(false, e.getMessage());
        }
        Path binding = JCudaNatives.unpack("JCublas2", Files.createDirectory(folder.resolve("natives")));
        TreeSet<String> wanted = names(
                run(List.of("nm", "--dynamic", "--undefined-only", binding.toString())),
                "U (cublas\\w+@libcublas.so.12)");
        TreeSet<String> given = names(
                run(List.of("nm", "--dynamic", "--defined-only", forwarder.toString()))
                        .replace("@@", "@"),
                "T (\\w+@libcublas.so.12)");
        assertEquals(494, wanted.size());
        assertEquals(wanted, given);
    }

    private static TreeSet<String> names(String listing, String pattern) {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(listing);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
