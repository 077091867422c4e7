package tandem.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
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
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.Recording;

/**
 * Plans of cuDNN's graph API beside the other ways to do a convolution: which are proposed, chosen, stored and made
 * again, and what happens when calls fail. The mock's engines are in cudnn_graph.c; results are compared with
 * references by the operation table.
 */
class GraphApiTest {

    private static final ConvolutionShape SHAPE = new ConvolutionShape(2, 9, 7, 8, 12, 3, 3, 1, 1);
    private static final CudaDevice.Options OPTIONS =
            CudaDevice.Options.standard().withStagingSlots(2).withWorkspaceLimit(1 << 20);
    /** The fastest of the mock's engines that is deterministic, supported and fits the workspace. */
    private static final String BEST = "GRAPH\t0\t0\t2048\t2:2=3,12=0";

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
    void fastestPlanIsChosenByMeasurement() throws IOException {
        try (CudaDevice device = open(OPTIONS)) {
            assertEquals(2048, device.dnn().convolutionBackwardData(SHAPE).workspaceBytes());
            assertEquals(
                    2048, device.dnn().convolutionBackwardFilter(SHAPE, false).workspaceBytes());
        }
        assertTrue(kept().lines().allMatch(line -> line.endsWith(BEST)), kept());
    }

    @Test
    void planThatIsNotDeterministicNeedsTheOption() throws IOException {
        try (CudaDevice device = open(OPTIONS.withDeterministic(false))) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
        assertTrue(kept().stripTrailing().endsWith("GRAPH\t0\t0\t0\t4:2=9"), kept());
    }

    @Test
    void tensorCoresNeedTheOptionForFloatsOnly() throws IOException {
        try (CudaDevice device = open(OPTIONS.withTensorFloat32(false))) {
            device.dnn().convolutionBackwardData(SHAPE);
            device.dnn().convolutionBackwardData(SHAPE.as(DataType.BFLOAT16));
        }
        List<String> lines = kept().lines().toList();
        assertTrue(lines.get(0).contains("BFLOAT16") && lines.get(0).endsWith(BEST), kept());
        assertTrue(lines.get(1).endsWith("GRAPH\t0\t0\t0\t5:"), kept());
    }

    @Test
    void workspaceLimitExcludesPlans() throws IOException {
        try (CudaDevice device = open(OPTIONS.withWorkspaceLimit(2047))) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
        assertTrue(kept().stripTrailing().endsWith("GRAPH\t0\t0\t0\t2:2=1,12=0"), kept());
    }

    @Test
    void biasResidualAndReluAreFused() throws IOException {
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionForward(SHAPE, true, true, Activation.RELU);
            device.dnn().convolutionForward(SHAPE, true, false, Activation.leaky(0.1f));
        }
        List<String> lines = kept().lines().toList();
        assertTrue(lines.get(0).contains("residual") && lines.get(0).endsWith("_FUSED" + BEST.substring(5)), kept());
        assertTrue(lines.get(1).endsWith("GRAPH_FUSED\t0\t0\t64\t9:2=0"), kept());
    }

    @Test
    void storedPlanIsMadeAgainWithoutHeuristics() throws IOException {
        try (CudaDevice device = open(OPTIONS)) {
            device.dnn().convolutionForward(SHAPE, false, false, Activation.NONE);
        }
        String text = kept();
        MockCuda.start();
        try (CudaDevice device = open(OPTIONS)) {
            assertEquals(
                    2048,
                    device.dnn()
                            .convolutionForward(SHAPE, false, false, Activation.NONE)
                            .workspaceBytes());
            assertEquals(0, MockCuda.calls("cudnnFindConvolutionForwardAlgorithmEx"));
        }
        assertEquals(text, kept());
        // An engine that is no longer there, one without knobs that it has, and no engine at all.
        for (String other : List.of("77:2=3,12=0", "2:", "2:2=3", "x")) {
            Files.writeString(folder.resolve("kept.tsv"), text.replace("2:2=3,12=0", other));
            MockCuda.start();
            try (CudaDevice device = open(OPTIONS)) {
                device.dnn().convolutionForward(SHAPE, false, false, Activation.NONE);
                assertEquals(1, MockCuda.calls("cudnnFindConvolutionForwardAlgorithmEx"), other);
            }
            assertEquals(text, kept(), other);
        }
    }

    @Test
    void optionTurnsItOff() throws IOException {
        try (CudaDevice device = open(OPTIONS.withGraphApi(false))) {
            device.dnn().convolutionBackwardData(SHAPE);
        }
        assertTrue(kept().contains("CUDNN\t1\t"), kept());
        assertEquals(0, MockCuda.calls("cudnnBackendCreateDescriptor"));
    }

    @Test
    void everyFailingCallLeavesTheOtherWays() {
        for (String call : List.of(
                "cudnnBackendCreateDescriptor",
                "cudnnBackendSetAttribute",
                "cudnnBackendGetAttribute",
                "cudnnBackendFinalize",
                "cudnnBackendExecute")) {
            for (int skip : new int[] {0, 1, 12, 40}) {
                MockCuda.start();
                try (CudaDevice device = open(OPTIONS)) {
                    MockCuda.fail(call, 3000, skip);
                    device.dnn().convolutionForward(SHAPE, true, true, Activation.RELU);
                    device.dnn().convolutionBackwardFilter(SHAPE, true);
                }
                assertEquals("", MockCuda.census(), call + " after " + skip);
                assertEquals("", MockCuda.complaints(), call + " after " + skip);
                clear();
            }
        }
    }

    private void clear() {
        try {
            Files.deleteIfExists(folder.resolve("kept.tsv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void errorStatesWhyPlansCannotBeUsed() {
        try (CudaDevice device = open(OPTIONS)) {
            MockCuda.withoutLegacy(true);
            // Sums in float16 have no tensor type: the graph of a type that is not supported is refused at once.
            MockCuda.fail("cudnnBackendFinalize", 3000, 0);
            String message = assertThrows(
                            LibraryException.class, () -> device.dnn().convolutionBackwardData(SHAPE))
                    .getMessage();
            assertTrue(
                    message.contains("graph API: cudnnBackendFinalize of tensor 1")
                            && message.contains("CUDNN_STATUS_NOT_SUPPORTED (3000)"),
                    message);
        }
    }

    @Test
    void commandsOwnTheirAddressesAndAreCaptured() {
        try (CudaDevice device = open(OPTIONS);
                Buffer memory = device.allocate(1 << 16, "all")) {
            Dnn.Primitive primitive = device.dnn().convolutionBackwardData(SHAPE);
            Memory all = memory.memory();
            String idle = MockCuda.census();
            Command command = primitive.bind(
                    all.slice(0, 4096), all.slice(4096, 6048), all.slice(10_240, 3456), all.slice(16_384, 4032));
            command.run();
            long calls = MockCuda.calls("cudnnBackendExecute");
            long made = MockCuda.calls("cudnnBackendCreateDescriptor");
            try (Recording recording = device.record(List.of(command))) {
                for (int i = 0; i < 3; i++) {
                    recording.replay();
                }
                device.synchronize();
                assertEquals(calls + 1, MockCuda.calls("cudnnBackendExecute"));
                assertEquals(made, MockCuda.calls("cudnnBackendCreateDescriptor"));
            }
            assertEquals(idle, MockCuda.census());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> primitive.bind(
                            all.slice(0, 4096),
                            all.slice(4100, 6048),
                            all.slice(10_240, 3456),
                            all.slice(16_384, 4032)));
            assertEquals(idle, MockCuda.census());
        }
    }

    @Test
    void executionAllocatesNothingInJava() {
        try (CudaDevice device = open(OPTIONS.withGraphs(false));
                Buffer memory = device.allocate(1 << 16, "all")) {
            Memory all = memory.memory();
            Command command = device.dnn()
                    .convolutionBackwardData(SHAPE)
                    .bind(all.slice(0, 4096), all.slice(4096, 6048), all.slice(10_240, 3456), all.slice(16_384, 4032));
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long self = Thread.currentThread().getId();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getThreadAllocatedBytes(self);
                for (int i = 0; i < 200; i++) {
                    command.run();
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
                device.synchronize();
            }
            assertTrue(least < 200, least + " bytes in 200 runs");
            command.close();
        }
    }

    @Test
    void comparisonListsEveryWay() {
        try (CudaDevice device = open(OPTIONS.withDeterministic(false))) {
            List<ConvolutionTiming> timings =
                    device.compareConvolution(SHAPE, ConvolutionKind.FORWARD, true, false, Activation.RELU);
            List<String> working = timings.stream()
                    .filter(timing -> timing.failure().isEmpty())
                    .map(ConvolutionTiming::way)
                    .toList();
            assertEquals("GRAPH_FUSED 4:2=9", working.get(0));
            assertTrue(
                    working.containsAll(List.of("GRAPH 2:2=3,12=0", "GRAPH 5:", "GRAPH_FUSED 5:")), working.toString());
            assertTrue(
                    timings.stream()
                            .anyMatch(timing -> timing.way().equals("CUDNN_FUSED 1")
                                    && timing.failure().equals("not run: cuDNN measured 0.300 ms")),
                    timings.toString());
            assertTrue(timings.get(0).notes().startsWith("not deterministic"), timings.toString());
            ConvolutionTiming last = timings.stream()
                    .filter(timing -> timing.failure().contains("engine 7:2=1,12=4"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(timings));
            assertTrue(Double.isNaN(last.milliseconds()), last.toString());
            assertTrue(timings.stream().anyMatch(timing -> timing.failure().equals("status 3000")));
        }
    }
}
