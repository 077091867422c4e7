package tandem.engine.operation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.Operation;
import tandem.engine.Profile;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.rows.SpeedRows;

/**
 * Prints how long operations take, forward and backward: microseconds, nanoseconds for each element of the largest
 * tensor, and gigabytes a second if every tensor is read or written once. The fastest of many runs counts. Nothing is
 * asserted.
 */
public final class OperationSpeed {

    private static final int RUNS = 40;

    private OperationSpeed() {}

    /** Times the rows made for it on the CPU. */
    public static void main(String[] arguments) {
        try (CpuDevice device = new CpuDevice()) {
            System.out.println(device.description());
            System.out.printf(
                    Locale.ROOT, "%-52s %-32s %10s %10s %8s%n", "row", "operation", "us", "ns/element", "GB/s");
            SpeedRows.rows().forEach(row -> time(device, row));
        }
    }

    private static void time(Device device, OperationRow row) {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> wanted = new ArrayList<>();
        for (OperationRow.Input input : row.inputs()) {
            Variables.Initializer values = (shape, random) -> floats(input.values(), shape);
            Tensor tensor = input.role() == Tensor.Role.STATE
                    ? variables.state(input.name(), input.shape(), values)
                    : variables.parameter(input.name(), input.shape(), values);
            inputs.add(tensor);
            if (input.differentiated()) {
                wanted.add(tensor);
            }
        }
        List<Tensor> outputs = row.builder().build(graph, inputs);
        List<Tensor> upstream = new ArrayList<>();
        outputs.forEach(output ->
                upstream.add(graph.constant("upstream", output.shape(), floats(Values.normal(0, 1), output.shape()))));
        Tensor loss = graph.activation("loss", Shape.of());
        graph.add(new Projection(outputs, upstream, loss));
        BackwardPass.append(graph, loss, wanted);
        try (Weights weights = new Weights(device, variables);
                Gradients gradients = new Gradients(device, weights);
                Program program = Program.of(device, graph, weights, gradients)) {
            weights.initialize(1);
            Map<String, Long> best = fastest(program);
            for (Operation operation : graph.operations()) {
                print(row, operation, best.remove(operation.name()));
            }
        }
    }

    private static float[] floats(Values values, Shape shape) {
        double[] made = values.make(Math.toIntExact(shape.elements()), new java.util.SplittableRandom(1));
        float[] result = new float[made.length];
        for (int i = 0; i < made.length; i++) {
            result[i] = (float) made[i];
        }
        return result;
    }

    private static Map<String, Long> fastest(Program program) {
        Map<String, Long> best = new HashMap<>();
        program.profile().enable(true);
        for (int i = 0; i < RUNS; i++) {
            program.profile().reset();
            program.run();
            for (Profile.Line line : program.profile().byName()) {
                best.merge(
                        line.name(),
                        line.nanoseconds() / line.calls() * program.profile().runs(),
                        Math::min);
            }
        }
        return best;
    }

    private static void print(OperationRow row, Operation operation, Long nanoseconds) {
        if (nanoseconds == null
                || operation.name().equals("projection")
                || operation.name().equals("view")) {
            return;
        }
        Set<Tensor> tensors = new HashSet<>(operation.inputs());
        tensors.addAll(operation.outputs());
        long bytes = tensors.stream().mapToLong(Tensor::bytes).sum();
        long elements = tensors.stream().mapToLong(Tensor::elements).max().orElse(1);
        System.out.printf(
                Locale.ROOT,
                "%-52s %-32s %10.1f %10.3f %8.1f%n",
                row.name(),
                operation.name(),
                nanoseconds / 1e3,
                (double) nanoseconds / elements,
                (double) bytes / nanoseconds);
    }
}
