package tandem.kernels.ptx;

/**
 * The block size that an entry is compiled for, from its {@code .maxntid} or {@code .reqntid} (PTX ISA,
 * "Performance-Tuning Directives"); nvcc writes {@code .maxntid} for {@code __launch_bounds__}.
 *
 * @param required true for {@code .reqntid}: each dim of a block must be equal; false for {@code .maxntid}: the product
 *     of the dims is a maximum
 * @param x threads of a block along x, at least 1 (likewise y and z); a dim that the directive leaves out is 1
 */
public record BlockLimit(boolean required, int x, int y, int z) {

    /** Threads of a block: the product of the dims. */
    public int threads() {
        return x * y * z;
    }

    /** Whether a block of that size can be launched. */
    public boolean allows(int threadsX, int threadsY, int threadsZ) {
        return required
                ? threadsX == x && threadsY == y && threadsZ == z
                : (long) threadsX * threadsY * threadsZ <= threads();
    }

    /** The directive, such as {@code .maxntid 256, 1, 1}. */
    @Override
    public String toString() {
        return (required ? ".reqntid " : ".maxntid ") + x + ", " + y + ", " + z;
    }
}
