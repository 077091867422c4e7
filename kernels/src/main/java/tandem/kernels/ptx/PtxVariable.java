package tandem.kernels.ptx;

import java.util.List;

/**
 * A variable with an address.
 *
 * @param line where it is declared
 * @param space {@code global}, {@code const}, {@code shared} or {@code local}
 * @param name unique in its module (unique in its body for those declared there)
 * @param type element type
 * @param alignment in bytes
 * @param bytes size; 0 for {@code extern} arrays of open size
 * @param initial initial elements, at most as many as there are; the rest is zero; empty when there is no initializer
 */
public record PtxVariable(
        int line, String space, String name, PtxType type, int alignment, long bytes, List<Operand> initial) {

    /** The same variable with another size. */
    public PtxVariable withBytes(long size) {
        return new PtxVariable(line, space, name, type, alignment, size, initial);
    }
}
