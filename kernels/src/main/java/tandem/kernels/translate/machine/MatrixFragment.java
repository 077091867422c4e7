package tandem.kernels.translate.machine;

/**
 * How the lanes of a warp hold a matrix: which element each register of each lane has.
 *
 * <p>Of {@code mma} the PTX ISA prescribes it ("Matrix Fragments for mma.m16n8k16 with floating point type" and its
 * neighbours): lanes are in groups of four, and one rule covers all shapes that are supported. Of {@code wmma} the ISA
 * leaves it open: here elements follow each other row by row, and where a warp has more places than there are elements
 * ({@code f16}), they repeat.
 *
 * @param role which of the matrices it is
 * @param open whether it is one of {@code wmma}
 * @param rows of the matrix
 * @param columns of the matrix
 * @param element type of an element
 */
public record MatrixFragment(Role role, boolean open, int rows, int columns, MatrixElement element) {

    /** The matrices of D = A B + C. */
    public enum Role {
        A,
        B,
        /** Also D. */
        C
    }

    private static final int LANES = 32;
    /** Registers of a fragment of {@code f16} that is a factor in {@code wmma}. */
    private static final int HALF_REGISTERS = 8;

    /** Registers that a lane has of it. */
    public int registers() {
        return open && role != Role.C && element == MatrixElement.F16
                ? HALF_REGISTERS
                : rows * columns / LANES / element.perRegister();
    }

    /** Elements that a lane has of it. */
    public int places() {
        return registers() * element.perRegister();
    }

    /** The element at a place of a lane, counted row by row. */
    public int index(int lane, int place) {
        if (open) {
            return (lane * places() + place) % (rows * columns);
        }
        int group = lane >> 2;
        int inGroup = lane & 3;
        int packed = element.perRegister();
        int register = place / packed;
        int row;
        int column;
        switch (role) {
            case A -> {
                int down = rows / 8;
                row = group + 8 * (register % down);
                column = inGroup * packed + place % packed + 4 * packed * (register / down);
            }
            case B -> {
                row = inGroup * packed + place % packed + 4 * packed * register;
                column = group;
            }
            default -> {
                row = group + 8 * (place / 2);
                column = 2 * inGroup + place % 2;
            }
        }
        return row * columns + column;
    }

    /**
     * Where an element lies in memory, in bytes from the start of the matrix.
     *
     * @param byRows whether rows follow each other, else columns do
     * @param stride elements from the start of one to the start of the next
     */
    long offset(int lane, int place, boolean byRows, int stride) {
        int index = index(lane, place);
        int row = index / columns;
        int column = index % columns;
        return (byRows ? (long) row * stride + column : (long) column * stride + row) * element.bytes();
    }

    /** Called by generated code: as {@link #offset(int, int, boolean, int)}, for the fragment of that number. */
    public static long offset(int lane, int place, int fragment, int byRows, int stride) {
        return OPEN[fragment].offset(lane, place, byRows != 0, stride);
    }

    /** A number for a fragment of {@code wmma}, for generated code. */
    public int number() {
        for (int i = 0; i < OPEN.length; i++) {
            if (OPEN[i].equals(this)) {
                return i;
            }
        }
        throw new IllegalArgumentException(toString());
    }

    private static final MatrixFragment[] OPEN = openFragments();

    private static MatrixFragment[] openFragments() {
        int[][] shapes = {{16, 16, 16}, {8, 32, 16}, {32, 8, 16}, {16, 16, 8}, {8, 8, 4}};
        MatrixFragment[] all = new MatrixFragment[shapes.length * 3 * MatrixElement.values().length];
        int count = 0;
        for (int[] shape : shapes) {
            for (MatrixElement element : MatrixElement.values()) {
                all[count++] = new MatrixFragment(Role.A, true, shape[0], shape[2], element);
                all[count++] = new MatrixFragment(Role.B, true, shape[2], shape[1], element);
                all[count++] = new MatrixFragment(Role.C, true, shape[0], shape[1], element);
            }
        }
        return all;
    }
}
