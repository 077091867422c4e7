package tandem.tools.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An ONNX graph of nodes, in the order in which they run, and the model around it. Values are named; a constant is a
 * named value too.
 */
final class OnnxGraph {

    /** The version of the operator set. */
    static final int OPSET = 17;

    /** The version of the file format that came with that operator set. */
    private static final int IR_VERSION = 8;

    private final List<ProtobufMessage> nodes = new ArrayList<>();
    private final List<ProtobufMessage> initializers = new ArrayList<>();
    private final List<ProtobufMessage> inputs = new ArrayList<>();
    private final List<ProtobufMessage> outputs = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private int constants;

    /** Adds a node; returns the name of its output. */
    String node(String operator, List<String> arguments, OnnxAttribute... attributes) {
        return node(operator.toLowerCase(Locale.ROOT) + "_" + nodes.size(), operator, arguments, attributes);
    }

    /** Adds a node with a named output; returns the name. */
    String node(String output, String operator, List<String> arguments, OnnxAttribute... attributes) {
        ProtobufMessage node = new ProtobufMessage();
        arguments.forEach(argument -> node.put(1, argument));
        node.put(2, output).put(3, "node_" + nodes.size()).put(4, operator);
        for (OnnxAttribute attribute : attributes) {
            node.put(5, attribute.message());
        }
        nodes.add(node);
        return output;
    }

    /**
     * The largest values along axis 1.
     *
     * @param values (N, limit), descending
     * @param indices INT64 (N, limit)
     */
    record Top(String values, String indices) {}

    /** Adds TopK, the only node with two outputs. */
    Top top(String x, int limit) {
        Top top = new Top("top_" + nodes.size(), "top_indices_" + nodes.size());
        nodes.add(new ProtobufMessage()
                .put(1, x)
                .put(1, integers(limit))
                .put(2, top.values())
                .put(2, top.indices())
                .put(3, "node_" + nodes.size())
                .put(4, "TopK")
                .put(5, OnnxAttribute.of("axis", 1).message()));
        return top;
    }

    /** Adds a constant; returns its name. */
    String constant(OnnxTensor value) {
        return constant("constant_" + constants++, value);
    }

    /** Adds a constant under that name; returns it. */
    String constant(String name, OnnxTensor value) {
        initializers.add(value.message(name));
        return name;
    }

    /** Adds a list of integers, (values.length). */
    String integers(long... values) {
        return constant(OnnxTensor.integers(values));
    }

    /** Adds one float, a scalar. */
    String scalar(float value) {
        return constant(OnnxTensor.floats(new long[0], value));
    }

    /**
     * Declares an input.
     *
     * @param dims each a Long, or the name of one that is known only when the network runs
     */
    void input(String name, OnnxType type, Object... dims) {
        inputs.add(value(name, type, dims));
    }

    /** Declares the output of a node as an output of the graph. */
    void output(String name, OnnxType type, Object... dims) {
        outputs.add(value(name, type, dims));
    }

    /** Adds an entry of {@code metadata_props}. */
    void metadata(String key, String value) {
        metadata.put(key, value);
    }

    /**
     * The file.
     *
     * @param name of the graph
     * @param version of this program
     */
    byte[] model(String name, String version) {
        ProtobufMessage graph = new ProtobufMessage();
        nodes.forEach(node -> graph.put(1, node));
        graph.put(2, name);
        initializers.forEach(tensor -> graph.put(5, tensor));
        inputs.forEach(input -> graph.put(11, input));
        outputs.forEach(output -> graph.put(12, output));
        ProtobufMessage model = new ProtobufMessage()
                .put(1, IR_VERSION)
                .put(2, "Tandem")
                .put(3, version)
                .put(7, graph)
                .put(8, new ProtobufMessage().put(1, "").put(2, OPSET));
        metadata.forEach(
                (key, value) -> model.put(14, new ProtobufMessage().put(1, key).put(2, value)));
        return model.toBytes();
    }

    private static ProtobufMessage value(String name, OnnxType type, Object... dims) {
        ProtobufMessage shape = new ProtobufMessage();
        for (Object dim : dims) {
            ProtobufMessage message = new ProtobufMessage();
            shape.put(
                    1, dim instanceof String text ? message.put(2, text) : message.put(1, ((Number) dim).longValue()));
        }
        ProtobufMessage tensor = new ProtobufMessage().put(1, type.number()).put(2, shape);
        return new ProtobufMessage().put(1, name).put(2, new ProtobufMessage().put(1, tensor));
    }
}
