package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tandem.engine.cpu.ConvolutionAlgorithm;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.rows.ConvolutionRows;

/** Every algorithm of convolutions on the CPU against double precision, forward and gradients, in both modes. */
class ConvolutionAlgorithmTest {

    @TestFactory
    Stream<DynamicTest> everyAlgorithm() {
        List<DynamicTest> tests = new ArrayList<>();
        for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
            for (boolean checked : new boolean[] {false, true}) {
                for (OperationRow row : ConvolutionRows.rows(algorithm)) {
                    tests.add(DynamicTest.dynamicTest(
                            algorithm.text() + (checked ? ", checked, " : ", ") + row.name(),
                            () -> check(row, algorithm, checked)));
                }
            }
        }
        return tests.stream();
    }

    private static void check(OperationRow row, ConvolutionAlgorithm algorithm, boolean checked) {
        CpuDevice.Options options = CpuDevice.Options.standard()
                .withThreads(2)
                .withChecked(checked)
                .withConvolutions(new ConvolutionPolicy.Forced(algorithm));
        try (CpuDevice device = new CpuDevice(options)) {
            OperationRun run = OperationRun.of(row, device, row.differentiable());
            OperationCheck.forward(run);
            if (row.differentiable()) {
                OperationCheck.gradient(run);
            }
        }
    }

    /** Prints the largest error of each algorithm. */
    public static void main(String[] arguments) {
        for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
            CpuDevice.Options options =
                    CpuDevice.Options.standard().withConvolutions(new ConvolutionPolicy.Forced(algorithm));
            double forward = 0;
            double gradient = 0;
            try (CpuDevice device = new CpuDevice(options)) {
                for (OperationRow row : ConvolutionRows.rows(algorithm)) {
                    OperationRun run = OperationRun.of(row, device, row.differentiable());
                    forward = Math.max(forward, OperationCheck.forward(run));
                    gradient = row.differentiable() ? Math.max(gradient, OperationCheck.gradient(run)) : gradient;
                }
            }
            System.out.printf("%-10s forward %.1e, gradient %.1e%n", algorithm.text(), forward, gradient);
        }
    }
}
