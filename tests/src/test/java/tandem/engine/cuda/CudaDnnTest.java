package tandem.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Activation;
import tandem.engine.AlgorithmFile;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Dnn;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.LibraryException;
import tandem.engine.Memory;

/**
 * How algorithms of cuDNN's older calls are chosen and stored, and the messages when cuDNN or cuBLAS return an error.
 * The mock's algorithms are in cudnn_convolution.c. The graph API has a test of its own.
 */
class CudaDnnTest {

    private static final ConvolutionShape SHAPE = new ConvolutionShape(2, 9, 7, 8, 12, 3, 3, 1, 1);
    private static final ConvolutionShape PRODUCT = new ConvolutionShape(2, 9, 7, 8, 12, 1, 1, 1, 0);
    private static final CudaDevice.Options OPTIONS = CudaDevice.Options.standard()
            .withStagingSlots(2)
            .withGraphApi(false)
            .withWorkspaceLimit(1 << 20);

    @TempDir
    Path folder;

    private String before;

    @BeforeEach
    void plugIn() {
        MockCuda.start();
        before = AlgorithmFile.use(folder.resolve("kept.tsv"));
    }

    @AfterEach
    void nothingIsLeft() {
        AlgorithmFile.restore(before);
        assertEquals("", MockCuda.census());
        assertEquals("", MockCuda.complaints());
        MockCuda.stop();
    }

    private String kept() throws IOException {
        return Files.readString(folder.resolve("kept.tsv"));
    }

    private static CudaDevice open(CudaDevice.Options options) {
        return CudaDevice.open(0, options);
    }

    @Test
    void deterministicAlgorithmsAreTheDefault() throws IOException {
        try (CudaDevice device = open(OPTIONS)) {
            assertEquals(
                    4096, device.dnn().convolutionBackwardFilter(SHAPE, false).workspaceBytes());
            assertEquals(4096, device.dnn().convolutionBackwardData(SHAPE).workspaceBytes());
        }
        assertTrue(
                kept().lines().allMatch(line -> line.contains("deterministic") && line.contains("CUDNN\t1\t")), kept());
        try (CudaDevice device = open(OPTIONS.withDeterministic(false))) {
            assertEquals(0, device.dnn().convolutionBackwardFilter(SHAPE, false).workspaceBytes());
        }
        assertTrue(
                kept().lines().anyMatch(line -> !line.contains(" deterministic") && line.contains("CUDNN\t0\t")),
                kept());
    }

    @Test
    void algorithmThatIsRefusedLeavesTheNext() {
        try (CudaDevice device = open(OPTIONS)) {
            MockCuda.fail("cudnnConvolutionBackwardData", 3000, 0);
            assertEquals(0, device.dnn().convolutionBackwardData(SHAPE).workspaceBytes());
        }
    }

    /** cuDNN 9.19 measures with the default math type, which includes TF32, although the descriptor asks for FMA. */
    @Test
    void mathTypeOfAMeasurementDoesNotBringTensorFloat32Back() throws IOException {
        try (CudaDevice device = open(OPTIONS.withTensorFloat32(false))) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
        assertTrue(kept().contains("CUDNN\t1\t3\t4096"), kept());
    }

    @Test
    void workspaceLimitIsKept() {
        try (CudaDevice device = open(OPTIONS.withWorkspaceLimit(4095))) {
            assertEquals(
                    0,
                    device.dnn()
                            .convolutionForward(SHAPE, false, false, Activation.NONE)
                            .workspaceBytes());
        }
    }

    @Test
    void choicesAreMeasuredOnceAndSurviveTheProcess() throws IOException {
        for (int round = 0; round < 2; round++) {
            MockCuda.start();
            try (CudaDevice device = open(OPTIONS)) {
                device.dnn().convolutionForward(SHAPE, true, false, Activation.RELU);
                device.dnn().convolutionForward(SHAPE, true, false, Activation.RELU);
                assertEquals(round == 0 ? 1 : 0, MockCuda.calls("cudnnFindConvolutionForwardAlgorithmEx"));
            }
        }
        String text = kept();
        assertTrue(text.startsWith("Mock GPU sm_90 cudnn 90501"), text);
        // Another cuDNN, and a file cut short, mean measuring again.
        MockCuda.start(1, MockCuda.DRIVER, MockCuda.MEMORY, 90_600);
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionForward(SHAPE, true, false, Activation.RELU);
            assertEquals(1, MockCuda.calls("cudnnFindConvolutionForwardAlgorithmEx"));
        }
        Files.writeString(folder.resolve("kept.tsv"), text.substring(0, text.length() / 2));
        MockCuda.start();
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionForward(SHAPE, true, false, Activation.RELU);
            assertEquals(1, MockCuda.calls("cudnnFindConvolutionForwardAlgorithmEx"));
        }
    }

    @Test
    void keptChoiceThatNoLongerWorksIsMeasuredAgain() throws IOException {
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
        Files.writeString(folder.resolve("kept.tsv"), kept().replace("CUDNN\t1\t0\t4096", "CUDNN\t77\t0\t0"));
        MockCuda.start();
        try (CudaDevice device = open(OPTIONS)) {
            assertEquals(4096, device.dnn().convolutionBackwardData(SHAPE).workspaceBytes());
        }
        assertTrue(kept().contains("CUDNN\t1\t0\t4096"), kept());
    }

    @Test
    void folderThatCannotBeWrittenIsNoError() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        System.setProperty(
                "tandem.algorithms", folder.resolve("file").resolve("kept.tsv").toString());
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
    }

    @Test
    void nothingThatWorksIsOneClearError() {
        try (CudaDevice device = open(OPTIONS)) {
            // Both deterministic algorithms are tried.
            MockCuda.fail("cudnnConvolutionBackwardData", 3000, 0);
            MockCuda.fail("cudnnConvolutionBackwardData", 3000, 0);
            String message = assertThrows(
                            LibraryException.class, () -> device.dnn().convolutionBackwardData(SHAPE))
                    .getMessage();
            for (String part : List.of(
                    "backward_data ConvolutionShape[n=2",
                    "cuda:0 (Mock GPU)",
                    "no deterministic algorithm",
                    "it refused ConvolutionChoice[method=CUDNN, algorithm=1",
                    "CUDNN_STATUS_NOT_SUPPORTED (3000)",
                    "more workspace")) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    @Test
    void productsGoThroughCublasOrWithoutIt() {
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionForward(PRODUCT, false, false, Activation.NONE);
            device.dnn().convolutionBackwardFilter(PRODUCT, false);
            assertTrue(MockCuda.calls("cublasSgemm_v2") > 0);
        }
        MockCuda.start();
        try (CudaDevice device = open(OPTIONS.withCublas(false))) {
            device.dnn().convolutionForward(PRODUCT, false, false, Activation.NONE);
            device.dnn().matrixProduct(new Dnn.ProductShape(3, 4, 5, true, true));
            assertEquals(0, MockCuda.calls("cublasSgemm_v2") + MockCuda.calls("cublasCreate_v2"));
        }
    }

    @Test
    void refusalsNameCallSizesAndReason() {
        try (CudaDevice device = open(OPTIONS.withCublas(false));
                Buffer memory = device.allocate(1 << 16, "all")) {
            Dnn.Primitive primitive = device.dnn().convolutionBackwardData(SHAPE);
            Memory all = memory.memory();
            Command command = primitive.bind(
                    all.slice(0, 4096), all.slice(4096, 6048), all.slice(10_240, 3456), all.slice(16_384, 4032));
            command.run();
            MockCuda.fail("cudnnConvolutionBackwardData", 5000, 0);
            String message = assertThrows(LibraryException.class, command::run).getMessage();
            for (String part : List.of(
                    "cudnnConvolutionBackwardData",
                    "ConvolutionShape[n=2, h=9, w=7",
                    "CUDNN_STATUS_EXECUTION_FAILED (5000)")) {
                assertTrue(message.contains(part), message);
            }
            assertThrows(IllegalArgumentException.class, () -> primitive.bind(all.slice(0, 4000), all, all, all));
            assertThrows(IllegalArgumentException.class, () -> primitive.bind(all.slice(0, 4096), all));
        }
    }

    @Test
    void lostGpuIsNotReportedAsAnErrorOfCudnn() {
        CudaDevice device = open(OPTIONS);
        Buffer memory = device.allocate(1 << 16, "all");
        Memory all = memory.memory();
        Command command = device.dnn()
                .convolutionBackwardData(SHAPE)
                .bind(all.slice(0, 4096), all.slice(4096, 6048), all.slice(10_240, 3456), all.slice(16_384, 4032));
        MockCuda.fail("cudnnConvolutionBackwardData", 5000, 0);
        MockCuda.fail("cuStreamQuery", 700, 0);
        assertThrows(DeviceLostException.class, command::run);
        device.close();
        MockCuda.start();
        MockCuda.forgetObjects();
    }

    @Test
    void everyCallThatCanFailWhileStartingTheLibrariesLeavesNothing() {
        for (String call : List.of(
                "cudnnCreate",
                "cudnnSetStream",
                "cudnnCreateTensorDescriptor",
                "cudnnSetTensor4dDescriptor",
                "cudnnCreateFilterDescriptor",
                "cudnnSetFilter4dDescriptor",
                "cudnnCreateConvolutionDescriptor",
                "cudnnSetConvolution2dDescriptor",
                "cudnnSetConvolutionMathType",
                "cudnnFindConvolutionForwardAlgorithmEx",
                "cublasCreate_v2",
                "cublasSetStream_v2",
                "cublasSetWorkspace_v2",
                "cublasSetMathMode",
                "cuEventElapsedTime")) {
            MockCuda.start();
            try (CudaDevice device = open(OPTIONS)) {
                MockCuda.fail(call, 7, 0);
                assertThrows(
                        LibraryException.class,
                        () -> device.dnn().convolutionForward(SHAPE, true, false, Activation.RELU),
                        call);
            }
            assertEquals("", MockCuda.census(), call);
        }
    }
}
