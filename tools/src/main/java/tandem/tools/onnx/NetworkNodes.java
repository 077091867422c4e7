package tandem.tools.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Graph;
import tandem.engine.Operation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Weights;

/**
 * Translates the operations of a network in inference form, batch 1, to nodes for any batch. Maps (N, H, W, C) become
 * (N, C, H, W), filters (K, R, S, C) become (K, C, R, S); tensors of three dimensions keep their order.
 */
final class NetworkNodes {

    private final OnnxGraph onnx;
    private final Weights weights;
    private final Map<Tensor, String> names = new HashMap<>();

    /** @param weights values of the parameters */
    NetworkNodes(OnnxGraph onnx, Weights weights) {
        this.onnx = onnx;
        this.weights = weights;
    }

    /**
     * Adds all operations of a graph.
     *
     * @param input the graph's input, (1, H, W, C)
     * @param name of the value that takes its place, (N, C, H, W)
     */
    void translate(Graph graph, Tensor input, String name) {
        names.put(input, name);
        graph.operations().forEach(this::translate);
    }

    /** The value that is this tensor. */
    String name(Tensor tensor) {
        String name = names.get(tensor);
        if (name == null) {
            throw new IllegalStateException(tensor + " is not an output of a translated operation");
        }
        return name;
    }

    private void translate(Operation operation) {
        List<Tensor> in = operation.inputs();
        Tensor out = operation.outputs().get(0);
        Map<String, Number> numbers = operation.attributes();
        names.put(
                out,
                switch (operation.name()) {
                    case "convolution_forward" -> convolution(in, numbers);
                    case "add" -> onnx.node("Add", List.of(name(in.get(0)), name(in.get(1))));
                    case "leaky_relu" -> leaky(name(in.get(0)), numbers);
                    case "max_pool_forward" -> maxPool(name(in.get(0)), numbers);
                    case "global_average_pool_forward" -> onnx.node("GlobalAveragePool", List.of(name(in.get(0))));
                    case "enhance" -> enhance(in, out.shape(), numbers);
                    case "upsample_nearest" ->
                        nearest(name(in.get(0)), numbers.get("factor").intValue());
                    case "upsample_nearest_add" ->
                        onnx.node(
                                "Add",
                                List.of(
                                        nearest(
                                                name(in.get(0)),
                                                numbers.get("factor").intValue()),
                                        name(in.get(1))));
                    case "crop" -> crop(name(in.get(0)), out.shape());
                    case "view" -> rows(in.get(0), out.shape());
                    case "concatenate" ->
                        onnx.node("Concat", in.stream().map(this::name).toList(), OnnxAttribute.of("axis", 1));
                    default ->
                        throw new IllegalStateException(
                                "operation " + operation.name() + " has no translation to ONNX");
                });
    }

    private String convolution(List<Tensor> in, Map<String, Number> numbers) {
        Tensor filter = in.get(1);
        Shape shape = filter.shape();
        long padding = numbers.get("padding").longValue();
        List<String> arguments = new ArrayList<>(List.of(name(in.get(0)), filter(filter)));
        if (in.size() > 2) {
            Tensor bias = in.get(2);
            arguments.add(onnx.constant(
                    bias.name(), OnnxTensor.floats(new long[] {bias.shape().dim(0)}, weights.read(bias))));
        }
        return onnx.node(
                "Conv",
                arguments,
                OnnxAttribute.of("kernel_shape", new long[] {shape.dim(1), shape.dim(2)}),
                strides(numbers),
                OnnxAttribute.of("pads", new long[] {padding, padding, padding, padding}));
    }

    private String filter(Tensor filter) {
        Shape shape = filter.shape();
        int window = shape.dim(1) * shape.dim(2);
        int channels = shape.dim(3);
        float[] values = weights.read(filter);
        float[] moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int channel = i % channels;
            int place = i / channels % window;
            int output = i / channels / window;
            moved[(output * channels + channel) * window + place] = values[i];
        }
        return onnx.constant(
                filter.name(),
                OnnxTensor.floats(new long[] {shape.dim(0), channels, shape.dim(1), shape.dim(2)}, moved));
    }

    private String leaky(String x, Map<String, Number> numbers) {
        float slope = numbers.get("slope").floatValue();
        return slope == 0
                ? onnx.node("Relu", List.of(x))
                : onnx.node("LeakyRelu", List.of(x), OnnxAttribute.of("alpha", slope));
    }

    private String maxPool(String x, Map<String, Number> numbers) {
        long window = numbers.get("window").longValue();
        long padding = numbers.get("padding").longValue();
        return onnx.node(
                "MaxPool",
                List.of(x),
                OnnxAttribute.of("kernel_shape", new long[] {window, window}),
                strides(numbers),
                OnnxAttribute.of("pads", new long[] {padding, padding, padding, padding}));
    }

    private static OnnxAttribute strides(Map<String, Number> numbers) {
        long stride = numbers.get("stride").longValue();
        return OnnxAttribute.of("strides", new long[] {stride, stride});
    }

    /** The last input is the global vector (N, C, 1, 1). */
    private String enhance(List<Tensor> in, Shape output, Map<String, Number> numbers) {
        String sum = null;
        for (Tensor map : in.subList(0, in.size() - 1)) {
            String enlarged = nearest(name(map), output.dim(1) / map.shape().dim(1));
            sum = sum == null ? enlarged : onnx.node("Add", List.of(sum, enlarged));
        }
        return leaky(onnx.node("Add", List.of(sum, name(in.get(in.size() - 1)))), numbers);
    }

    private String nearest(String x, int factor) {
        if (factor == 1) {
            return x;
        }
        return onnx.node(
                "Resize",
                List.of(x, "", onnx.constant(OnnxTensor.floats(new long[] {4}, 1, 1, factor, factor))),
                OnnxAttribute.of("mode", "nearest"),
                OnnxAttribute.of("coordinate_transformation_mode", "asymmetric"),
                OnnxAttribute.of("nearest_mode", "floor"));
    }

    private String crop(String x, Shape output) {
        return onnx.node(
                "Slice",
                List.of(x, onnx.integers(0, 0), onnx.integers(output.dim(1), output.dim(2)), onnx.integers(2, 3)));
    }

    /** A map (N, H, W, K) as (N, rows, values), in the order of its memory. */
    private String rows(Tensor map, Shape output) {
        if (map.shape().rank() != 4 || output.rank() != 3) {
            throw new IllegalStateException("only maps are viewed as rows, not " + map + " as " + output);
        }
        String last = onnx.node("Transpose", List.of(name(map)), OnnxAttribute.of("perm", new long[] {0, 2, 3, 1}));
        return onnx.node("Reshape", List.of(last, onnx.integers(0, output.dim(1), output.dim(2))));
    }
}
