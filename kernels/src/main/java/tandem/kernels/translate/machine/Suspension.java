package tandem.kernels.translate.machine;

/**
 * A point of a kernel where a thread waits for others.
 *
 * @param line line of the PTX file
 * @param text the instruction
 * @param operation what happens when all have come
 * @param barrier number of the barrier when it is a constant and nothing but it matters, else -1: the record has the
 *     operands
 * @param matrices what the warp does when it is {@link Operation#MATRICES}, else null
 */
public record Suspension(int line, String text, Operation operation, int barrier, MatrixOperation matrices) {

    /** Whether all threads of a warp must execute the same barrier instruction. */
    public boolean aligned() {
        return !text.contains("barrier.") || text.contains(".aligned");
    }

    /** Offsets in a thread's record of what it hands over: three operands and the mask of lanes. */
    public static final int FIRST = 0;

    public static final int SECOND = 8;
    public static final int THIRD = 16;
    public static final int MASK = 24;
    /** Offsets of what it gets: a result and a predicate. */
    public static final int RESULT = 32;

    public static final int PREDICATE = 40;
    /** Bytes of a record in front of the registers of matrices and the saved registers. */
    public static final int BYTES = 48;

    /** Bytes of a record for the registers of matrices. */
    public int matrixBytes() {
        return matrices == null ? 0 : 8 * matrices.registers();
    }

    /** What happens when all have come. Those before {@link #WARP_SYNC} concern the block, the others a warp. */
    public enum Operation {
        BAR_SYNC,
        BAR_RED_POPC,
        BAR_RED_AND,
        BAR_RED_OR,
        WARP_SYNC,
        SHFL_UP,
        SHFL_DOWN,
        SHFL_BFLY,
        SHFL_IDX,
        VOTE_ALL,
        VOTE_ANY,
        VOTE_UNI,
        VOTE_BALLOT,
        MATCH_ANY,
        MATCH_ALL,
        REDUX_ADD,
        REDUX_MIN_SIGNED,
        REDUX_MAX_SIGNED,
        REDUX_MIN_UNSIGNED,
        REDUX_MAX_UNSIGNED,
        REDUX_AND,
        REDUX_OR,
        REDUX_XOR,
        MATRICES;

        /** Whether only threads of one warp take part. */
        public boolean ofWarp() {
            return compareTo(WARP_SYNC) >= 0;
        }
    }
}
