package tandem.kernels.ptx;

/**
 * A parameter of an entry, laid out as a launch packs it: each at the next multiple of its alignment.
 *
 * @param name name in the PTX
 * @param type element type
 * @param offset bytes from the start of the packed block
 * @param bytes size; more than that of the type when the parameter is an array, as structures passed by value are
 * @param alignment in bytes
 */
public record PtxParameter(String name, PtxType type, int offset, int bytes, int alignment) {

    /** Whether the parameter is one value of its type, not an array. */
    public boolean isScalar() {
        return bytes == type.bytes();
    }
}
