package tandem.kernels.translate.x86;

/** What must be checked while a kernel runs for the result of an instruction to have the shape that is assumed. */
enum Guard {
    NONE,
    /** No lane's number wraps around before it is widened. */
    WIDEN,
    /** A comparison gives the same for the first and the last lane. */
    COMPARE,
    /** A division or a shift to the right gives the same for the first and the last lane. */
    QUOTIENT,
    /** The low bits that are kept do not wrap around. */
    LOW_BITS
}
