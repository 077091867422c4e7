package tandem.engine.operation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/** A row as it ran on a device: its outputs and, if asked for, the gradients of a random projection of them. */
final class OperationRun {

    private final OperationRow row;
    private final double[][] inputs;
    private final double[][] projections;
    private final double[][] outputs;
    private final double[][] gradients;

    private OperationRun(
            OperationRow row, double[][] inputs, double[][] projections, double[][] outputs, double[][] gradients) {
        this.row = row;
        this.inputs = inputs;
        this.projections = projections;
        this.outputs = outputs;
        this.gradients = gradients;
    }

    static OperationRun of(OperationRow row, Device device, boolean withGradients) {
        SplittableRandom random = new SplittableRandom(row.name().hashCode());
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        List<Tensor> tensors = new ArrayList<>();
        List<DataType> halves = new ArrayList<>();
        double[][] inputs = new double[row.inputs().size()][];
        for (int i = 0; i < inputs.length; i++) {
            OperationRow.Input input = row.inputs().get(i);
            inputs[i] = rounded(
                    row.typeOf(input),
                    input.values().make(Math.toIntExact(input.shape().elements()), random));
            tensors.add(
                    switch (input.role()) {
                        case PARAMETER ->
                            variables.parameter(input.name(), input.shape(), Variables.Initializer.constant(0));
                        case STATE -> variables.state(input.name(), input.shape(), Variables.Initializer.constant(0));
                        default -> graph.input(input.name(), input.type(), input.shape());
                    });
        }
        List<Tensor> built = new ArrayList<>();
        for (Tensor output : row.builder().build(graph, stored(graph, row, tensors))) {
            built.add(output.type().half() ? Cast.to(graph, output, DataType.FLOAT32) : output);
            halves.add(output.type());
        }
        List<Tensor> differentiable = new ArrayList<>();
        double[][] projections = new double[built.size()][];
        for (int i = 0; i < projections.length; i++) {
            Tensor output = built.get(i);
            if (output.role() == Tensor.Role.ACTIVATION) {
                graph.keep(output);
            }
            if (output.role() == Tensor.Role.ACTIVATION && output.type() == DataType.FLOAT32) {
                projections[i] =
                        rounded(halves.get(i), Values.normal(0, 1).make(Math.toIntExact(output.elements()), random));
                differentiable.add(output);
            }
        }
        Map<Tensor, Tensor> gradients =
                withGradients ? differentiate(graph, row, tensors, built, projections) : Map.of();
        try (Weights weights = new Weights(device, variables);
                Gradients arena = new Gradients(device, weights);
                Program program = Program.of(device, graph, weights, arena)) {
            for (int i = 0; i < inputs.length; i++) {
                Tensor tensor = tensors.get(i);
                if (tensor.role() == Tensor.Role.INPUT) {
                    program.upload(tensor, pack(tensor.type(), inputs[i]));
                } else {
                    weights.write(tensor, FloatBuffer.wrap(floats(inputs[i])));
                }
            }
            poison(device, program);
            program.run();
            double[][] outputs = new double[built.size()][];
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = read(program, built.get(i));
            }
            double[][] found = new double[inputs.length][];
            for (int i = 0; i < inputs.length; i++) {
                Tensor gradient = gradients.get(tensors.get(i));
                found[i] = gradient == null ? null : read(program, gradient);
            }
            return new OperationRun(row, inputs, projections, outputs, found);
        }
    }

    /** The tensors as the operation gets them. */
    private static List<Tensor> stored(Graph graph, OperationRow row, List<Tensor> tensors) {
        List<Tensor> result = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            DataType type = row.typeOf(row.inputs().get(i));
            result.add(
                    tensor.type() == type
                            ? tensor
                            : tensor.role() == Tensor.Role.PARAMETER
                                    ? graph.rounded(tensor, type)
                                    : Cast.to(graph, tensor, type));
        }
        return result;
    }

    private static double[] rounded(DataType type, double[] values) {
        return type.half()
                ? Arrays.stream(values).map(value -> Rounding.to(type, value)).toArray()
                : values;
    }

    /** Fills all activations with not-a-number, so that what reads before it writes shows. */
    private static void poison(Device device, Program program) {
        for (Plan.Placement placement : program.plan().placements()) {
            byte[] bytes = new byte[Math.toIntExact(placement.tensor().bytes())];
            Arrays.fill(bytes, (byte) 0xff);
            device.upload(ByteBuffer.wrap(bytes), program.memory(placement.tensor()));
        }
    }

    private static Map<Tensor, Tensor> differentiate(
            Graph graph, OperationRow row, List<Tensor> tensors, List<Tensor> outputs, double[][] projections) {
        List<Tensor> wanted = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            if (row.inputs().get(i).differentiated()) {
                wanted.add(tensors.get(i));
            }
        }
        List<Tensor> projected = new ArrayList<>();
        List<Tensor> weights = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (projections[i] != null) {
                projected.add(outputs.get(i));
                weights.add(graph.constant("projection", outputs.get(i).shape(), floats(projections[i])));
            }
        }
        Tensor loss = graph.activation("projected", Shape.of());
        graph.add(new Projection(projected, weights, loss));
        return BackwardPass.append(graph, loss, wanted);
    }

    OperationRow row() {
        return row;
    }

    double[][] inputs() {
        return inputs;
    }

    double[][] outputs() {
        return outputs;
    }

    /** For each output the weights of its sum; null where nothing is differentiated. */
    double[][] projections() {
        return projections;
    }

    /** For each input its gradient; null where it has none. */
    double[][] gradients() {
        return gradients;
    }

    /** The projection of outputs that the gradients belong to. */
    double projected(double[][] values) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            if (projections[i] != null) {
                for (int j = 0; j < values[i].length; j++) {
                    sum += projections[i][j] * values[i][j];
                }
            }
        }
        return sum;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static ByteBuffer pack(DataType type, double[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * type.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < values.length; i++) {
            switch (type) {
                case FLOAT32 -> bytes.putFloat(i * 4, (float) values[i]);
                case INT32 -> bytes.putInt(i * 4, (int) values[i]);
                case UINT8 -> bytes.put(i, (byte) (int) values[i]);
                default -> throw new IllegalArgumentException("inputs of " + type + " are cast in the graph");
            }
        }
        return bytes;
    }

    private static double[] read(Program program, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes);
        double[] values = new double[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.type()) {
                case FLOAT32 -> bytes.getFloat(i * 4);
                case INT32 -> bytes.getInt(i * 4);
                case UINT8 -> bytes.get(i) & 0xff;
                default -> tensor.type().value(bytes, i);
            };
        }
        return values;
    }
}
