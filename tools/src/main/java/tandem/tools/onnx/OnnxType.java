package tandem.tools.onnx;

/** Types of elements, those that are used here. */
enum OnnxType {
    /** 32-bit float. */
    FLOAT(1),
    /** Unsigned byte. */
    UINT8(2),
    /** 32-bit integer. */
    INT32(6),
    /** 64-bit integer. */
    INT64(7);

    private final int number;

    OnnxType(int number) {
        this.number = number;
    }

    /** Its number in TensorProto.DataType. */
    int number() {
        return number;
    }
}
