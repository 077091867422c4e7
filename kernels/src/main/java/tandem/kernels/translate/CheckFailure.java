package tandem.kernels.translate;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import tandem.kernels.ptx.PtxException;

/** What checked mode found a kernel doing. */
public final class CheckFailure extends PtxException {

    private static final long serialVersionUID = 1L;
    /** Stands for the other line in a text. */
    static final String OTHER_LINE = "%other%";

    /** Kinds of errors that checked mode finds. */
    public enum Problem {
        OUT_OF_BOUNDS("out of bounds"),
        MISALIGNED("misaligned access"),
        UNINITIALISED("uninitialized memory"),
        RACE("race"),
        /** Threads that should execute a barrier or warp operation together do not. */
        DIVERGENT("divergent threads"),
        /** A lane reads the value of a lane that takes no part in a shuffle. */
        INACTIVE_LANE("value of an inactive lane"),
        /** {@code ld.global.nc} of memory that the kernel launch writes. */
        READ_ONLY("read-only load of written memory"),
        DIVISION_BY_ZERO("division by zero"),
        TRAP("trap"),
        ASSERTION("failed assertion"),
        /** Threads wait for something that can no longer happen. */
        DEADLOCK("deadlock"),
        /** The launch was stopped, by a time limit for instance. */
        STOPPED("stopped");

        private final String text;

        Problem(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    private final Problem problem;
    private final int otherLine;
    private final String detail;

    /**
     * @param otherLine line of the other access of a race; 0 when there is none
     * @param prefix of the message in front of {@code detail}
     * @param detail who does what, with {@link #OTHER_LINE} where the other line is meant
     */
    CheckFailure(Problem problem, String file, int line, int otherLine, String prefix, String detail) {
        super(file, line, prefix + detail.replace(OTHER_LINE, "line " + otherLine));
        this.problem = problem;
        this.otherLine = otherLine;
        this.detail = detail;
    }

    /** What kind of error it is. */
    public Problem problem() {
        return problem;
    }

    /** The PTX line of the other of two accesses that race, or of two threads that diverge; 0 when there is none. */
    public int otherLine() {
        return otherLine;
    }

    /** Which thread does what where, without line and instruction; {@code place} is the text for another PTX line. */
    public String detail(IntFunction<String> place) {
        return otherLine == 0 ? detail : detail.replace(OTHER_LINE, place.apply(otherLine));
    }

    /** The first failure ends the launch. */
    static Consumer<CheckFailure> throwing() {
        return failure -> {
            throw failure;
        };
    }

    /** Failures are collected: at most one of each kind and source line. */
    static Consumer<CheckFailure> collecting(List<CheckFailure> into, CheckedLaunch how) {
        return failure -> {
            boolean known = into.stream()
                    .anyMatch(other ->
                            how.sameSource(other.line(), failure.line()) && other.problem() == failure.problem());
            if (!known) {
                into.add(failure);
            }
        };
    }
}
