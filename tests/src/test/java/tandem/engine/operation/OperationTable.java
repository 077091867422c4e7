package tandem.engine.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.rows.AugmentRows;
import tandem.engine.operation.rows.BatchNormRows;
import tandem.engine.operation.rows.ConvolutionRows;
import tandem.engine.operation.rows.ElementwiseRows;
import tandem.engine.operation.rows.MatrixProductRows;
import tandem.engine.operation.rows.PoolRows;
import tandem.engine.operation.rows.ResamplingRows;
import tandem.engine.operation.rows.SegmentationRows;
import tandem.model.detection.DetectionRows;
import tandem.model.distillation.ImitationRows;

/** Every row of the table. A new family of operations adds a class to {@code rows} and one line here. */
public final class OperationTable {

    private OperationTable() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        rows.addAll(ConvolutionRows.rows());
        rows.addAll(BatchNormRows.rows());
        rows.addAll(PoolRows.rows());
        rows.addAll(MatrixProductRows.rows());
        rows.addAll(AugmentRows.rows());
        rows.addAll(ElementwiseRows.rows());
        rows.addAll(ResamplingRows.rows());
        rows.addAll(SegmentationRows.rows());
        rows.addAll(DetectionRows.rows());
        rows.addAll(ImitationRows.rows());
        List<OperationRow> halves = new ArrayList<>();
        for (OperationRow row : rows) {
            if (row.isStored()) {
                halves.add(row.in(DataType.BFLOAT16));
                halves.add(row.in(DataType.FLOAT16));
            }
        }
        rows.addAll(halves);
        return rows;
    }

    /** Prints the support matrix: for each row and mode the largest error, or what failed. */
    public static void main(String[] arguments) {
        try (CpuDevice device = new CpuDevice()) {
            System.out.println(device.description());
            System.out.print(matrix(device));
        }
    }

    static String matrix(Device device) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%-64s %12s %12s  %s%n", "operation", "forward", "gradient", "allowed"));
        for (OperationRow row : rows()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-64s %12s %12s  %.0e: %s%n",
                    row.name(),
                    cell(row, device, false),
                    row.differentiable() ? cell(row, device, true) : "-",
                    row.tolerance(),
                    row.reason()));
        }
        return text.toString();
    }

    private static String cell(OperationRow row, Device device, boolean gradient) {
        try {
            OperationRun run = OperationRun.of(row, device, gradient);
            return String.format(
                    Locale.ROOT, "%.1e", gradient ? OperationCheck.gradient(run) : OperationCheck.forward(run));
        } catch (RuntimeException | AssertionError e) {
            return "FAILED";
        }
    }
}
