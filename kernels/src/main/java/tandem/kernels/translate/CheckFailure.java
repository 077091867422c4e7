package tandem.kernels.translate;

import tandem.kernels.ptx.PtxException;

/** What checked mode found a kernel doing. */
public final class CheckFailure extends PtxException {

    private static final long serialVersionUID = 1L;

    /** Kinds of errors that checked mode finds. */
    public enum Problem {
        OUT_OF_BOUNDS,
        MISALIGNED,
        UNINITIALISED,
        RACE
    }

    private final Problem problem;

    CheckFailure(Problem problem, String file, int line, String message) {
        super(file, line, message);
        this.problem = problem;
    }

    /** What kind of error it is. */
    public Problem problem() {
        return problem;
    }
}
