package tandem.engine.operation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import tandem.engine.cuda.CudaDevice;

/**
 * Runs the operation table on a GPU outside of the tests, for {@code bench/gpu-check}: one JSON object a line with the
 * row's name, its largest errors forward and of gradients, what is allowed, and what went wrong. A row that fails does
 * not end the run.
 *
 * <p>With arguments {@code first} and {@code step}, only each {@code step}-th row from {@code first} on.
 */
public final class DeviceCheck {

    private static final JsonMapper JSON = new JsonMapper();

    private DeviceCheck() {}

    /** Checks the rows, in full float32: TF32 has larger errors by design. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        int first = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        int step = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        List<OperationRow> rows = OperationTable.rows();
        try (CudaDevice device =
                CudaDevice.open(0, CudaDevice.Options.standard().withTensorFloat32(false))) {
            for (int i = first; i < rows.size(); i += step) {
                System.out.println(check(rows.get(i), device));
                System.out.flush();
            }
        }
    }

    private static ObjectNode check(OperationRow row, CudaDevice device) {
        ObjectNode line = JSON.createObjectNode()
                .put("row", row.name())
                .put("allowed", row.tolerance())
                .put("allowedGradient", row.gradientTolerance());
        try {
            OperationRun run = OperationRun.of(row, device, row.differentiable());
            line.put("forward", OperationCheck.forward(run));
            if (row.differentiable()) {
                line.put("gradient", OperationCheck.gradient(run));
            }
            return line.put("passed", true);
        } catch (RuntimeException | AssertionError e) {
            return line.put("passed", false).put("error", String.valueOf(e.getMessage()));
        }
    }
}
