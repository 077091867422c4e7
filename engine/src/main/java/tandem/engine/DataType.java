package tandem.engine;

/** What one element of a tensor is. */
public enum DataType {
    /** IEEE 754 single precision. */
    FLOAT32(4),
    /** Two's complement, 32 bits. */
    INT32(4),
    /** One unsigned byte: pixels, mask labels, opaque reserves. */
    UINT8(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes an element takes. */
    public int bytes() {
        return bytes;
    }
}
