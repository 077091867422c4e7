package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;

/**
 * Every row of the table on the mock GPU, against the same references and within the same tolerances as on the
 * processor.
 */
class CudaOperationTableTest {

    private static CudaDevice device;
    private static CudaDevice withoutCublas;
    private static CudaDevice graphApi;

    @BeforeAll
    static void open() {
        MockCuda.start();
        device = CudaDevice.open(
                0, CudaDevice.Options.standard().withTensorFloat32(false).withWorkspaceLimit(1 << 20));
        withoutCublas = CudaDevice.open(
                0,
                CudaDevice.Options.standard()
                        .withTensorFloat32(false)
                        .withCublas(false)
                        .withGraphs(false)
                        .withGraphApi(false)
                        .withWorkspaceLimit(1 << 20));
        graphApi = CudaDevice.open(
                0,
                CudaDevice.Options.standard()
                        .withTensorFloat32(false)
                        .withCublas(false)
                        .withWorkspaceLimit(1 << 20));
    }

    @AfterAll
    static void close() {
        if (device != null) {
            device.close();
            withoutCublas.close();
            graphApi.close();
            assertEquals("", MockCuda.census());
            assertEquals("", MockCuda.complaints());
        }
        MockCuda.stop();
    }

    @TestFactory
    Stream<DynamicTest> forward() {
        return OperationTable.rows().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.name(), () -> OperationCheck.forward(OperationRun.of(row, device, false))));
    }

    @TestFactory
    Stream<DynamicTest> gradient() {
        return OperationTable.rows().stream()
                .filter(OperationRow::differentiable)
                .map(row -> DynamicTest.dynamicTest(
                        row.name(), () -> OperationCheck.gradient(OperationRun.of(row, device, true))));
    }

    /** Products as convolutions, and commands one by one instead of a graph. */
    @TestFactory
    Stream<DynamicTest> withoutCublasAndGraphs() {
        return OperationTable.rows().stream()
                .filter(row -> row.name().contains("product") || row.name().contains("convolution"))
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    OperationCheck.forward(OperationRun.of(row, withoutCublas, false));
                    if (row.differentiable()) {
                        OperationCheck.gradient(OperationRun.of(row, withoutCublas, true));
                    }
                }));
    }

    /** Convolutions, and products as convolutions, by plans of cuDNN's graph API, as nothing else is supported. */
    @TestFactory
    Stream<DynamicTest> graphApiAlone() {
        return OperationTable.rows().stream()
                .filter(row -> row.name().contains("product") || row.name().contains("convolution"))
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    MockCuda.withoutLegacy(true);
                    try {
                        OperationCheck.forward(OperationRun.of(row, graphApi, false));
                        if (row.differentiable()) {
                            OperationCheck.gradient(OperationRun.of(row, graphApi, true));
                        }
                    } finally {
                        MockCuda.withoutLegacy(false);
                    }
                }));
    }
}
