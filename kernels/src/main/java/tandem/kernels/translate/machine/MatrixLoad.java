package tandem.kernels.translate.machine;

/**
 * {@code ldmatrix}: 8 x 8 matrices of 16 bits each from shared memory. Lane 8 j + r hands over the address of row r of
 * matrix j, as the first operand; each lane gets two neighbouring elements of each matrix (PTX ISA, "ldmatrix").
 *
 * @param matrices 1, 2 or 4
 * @param transposed whether a lane gets two elements of a column
 */
public record MatrixLoad(int matrices, boolean transposed) implements MatrixOperation {

    private static final int LANES = 32;
    private static final int SIZE = 8;

    @Override
    public int registers() {
        return matrices;
    }

    @Override
    public void perform(int lanes, long records, int stride) {
        for (int lane = 0; lane < LANES; lane++) {
            for (int matrix = 0; matrix < matrices && (lanes >>> lane & 1) != 0; matrix++) {
                int line = lane >> 2;
                int first = 2 * (lane & 3);
                int low = transposed
                        ? element(lanes, records, stride, matrix, first, line)
                        : element(lanes, records, stride, matrix, line, first);
                int high = transposed
                        ? element(lanes, records, stride, matrix, first + 1, line)
                        : element(lanes, records, stride, matrix, line, first + 1);
                Raw.UNSAFE.putLong(
                        records + (long) lane * stride + REGISTERS + 8 * matrix, (high << 16 | low) & 0xFFFF_FFFFL);
            }
        }
    }

    private static int element(int lanes, long records, int stride, int matrix, int row, int column) {
        int lane = SIZE * matrix + row;
        return (lanes >>> lane & 1) == 0
                ? 0
                : Raw.UNSAFE.getShort(
                                Raw.UNSAFE.getLong(records + (long) lane * stride + Suspension.FIRST) + 2 * column)
                        & 0xFFFF;
    }
}
