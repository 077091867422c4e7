package tandem.tools.onnx;

/**
 * An attribute of a node.
 *
 * @param message it as AttributeProto
 */
record OnnxAttribute(ProtobufMessage message) {

    private static final int NAME = 1;
    private static final int TYPE = 20;

    /** A float. */
    static OnnxAttribute of(String name, float value) {
        return new OnnxAttribute(
                new ProtobufMessage().put(NAME, name).put(2, value).put(TYPE, 1));
    }

    /** An integer. */
    static OnnxAttribute of(String name, long value) {
        return new OnnxAttribute(
                new ProtobufMessage().put(NAME, name).put(3, value).put(TYPE, 2));
    }

    /** A text. */
    static OnnxAttribute of(String name, String value) {
        return new OnnxAttribute(
                new ProtobufMessage().put(NAME, name).put(4, value).put(TYPE, 3));
    }

    /** A tensor. */
    static OnnxAttribute of(String name, OnnxTensor value) {
        return new OnnxAttribute(new ProtobufMessage()
                .put(NAME, name)
                .put(5, value.message(name))
                .put(TYPE, 4));
    }

    /** A list of integers. */
    static OnnxAttribute of(String name, long[] values) {
        ProtobufMessage message = new ProtobufMessage().put(NAME, name);
        for (long value : values) {
            message.put(8, value);
        }
        return new OnnxAttribute(message.put(TYPE, 7));
    }
}
