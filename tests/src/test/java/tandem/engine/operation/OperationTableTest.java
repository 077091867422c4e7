package tandem.engine.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tandem.engine.cpu.CpuDevice;

class OperationTableTest {

    private static CpuDevice device;
    private static CpuDevice checkedDevice;

    @BeforeAll
    static void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(2));
        checkedDevice =
                new CpuDevice(CpuDevice.Options.standard().withThreads(2).withChecked(true));
    }

    @AfterAll
    static void close() {
        device.close();
        checkedDevice.close();
    }

    @Test
    void namesAreDifferent() {
        Set<String> names = new HashSet<>();
        List<OperationRow> rows = OperationTable.rows();
        rows.forEach(row -> names.add(row.name()));
        assertEquals(rows.size(), names.size());
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

    /** Every access of every kernel checked: bounds of each tensor, alignment, races. */
    @TestFactory
    Stream<DynamicTest> checked() {
        return OperationTable.rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    OperationRun run = OperationRun.of(row, checkedDevice, row.differentiable());
                    OperationCheck.forward(run);
                    if (row.differentiable()) {
                        OperationCheck.gradient(run);
                    }
                }));
    }
}
