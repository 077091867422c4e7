package tandem.bench.inspection;

/** The arithmetic of the convolutions of both sides. */
enum Precision {
    /** All convolutions in float32. */
    FLOAT32(""),
    /** Those on bytes that the quantization of each side chose. */
    INT8(".int8");

    private final String suffix;

    Precision(String suffix) {
        this.suffix = suffix;
    }

    /** Of the names of its files. */
    String suffix() {
        return suffix;
    }
}
