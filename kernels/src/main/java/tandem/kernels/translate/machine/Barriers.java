package tandem.kernels.translate.machine;

import java.util.function.IntPredicate;
import sun.misc.Unsafe;

/** Finds out which barriers of a block are complete, and lets their threads continue. */
final class Barriers {

    private static final int EXITED = BlockContext.EXITED;
    private static final Unsafe UNSAFE = Raw.UNSAFE;

    private final Suspension[] suspensions;
    private final int recordBytes;
    private Suspension[] passing;

    Barriers(Suspension[] suspensions, int recordBytes) {
        this.suspensions = suspensions;
        this.recordBytes = recordBytes;
    }

    /** The common case: all threads that have not exited wait at the same plain barrier. */
    boolean releaseCommon(BlockContext context, int threads) {
        int[] state = context.state;
        int common = EXITED;
        for (int thread = 0; thread < threads; thread++) {
            int now = state[thread];
            if (now != common && now != EXITED) {
                if (common != EXITED) {
                    return false;
                }
                common = now;
            }
        }
        if (common == EXITED || suspensions[~common].barrier() < 0) {
            return false;
        }
        if (context.checked != null) {
            int waiting = common;
            check(context, threads, thread -> state[thread] == waiting);
        }
        for (int thread = 0; thread < threads; thread++) {
            if (state[thread] == common) {
                state[thread] = ~common;
            }
        }
        return true;
    }

    /** Releases every complete barrier; false when there is none. No thread is ready to run. */
    boolean release(BlockContext context, int threads) {
        boolean released = false;
        for (int barrier = 0; barrier < 16; barrier++) {
            if (complete(context, threads, barrier)) {
                release(context, threads, barrier);
                released = true;
            }
        }
        return released;
    }

    private void check(BlockContext context, int threads, IntPredicate passes) {
        if (passing == null) {
            passing = new Suspension[context.state.length];
        }
        boolean all = true;
        for (int thread = 0; thread < threads; thread++) {
            boolean pass = passes.test(thread);
            passing[thread] = pass ? suspensions[~context.state[thread]] : null;
            all &= pass || context.state[thread] == EXITED;
        }
        context.checked.barrierPassed(passing, threads, all);
    }

    private boolean waits(BlockContext context, int thread, int barrier) {
        int state = context.state[thread];
        if (state == EXITED || state >= 0) {
            return false;
        }
        Suspension suspension = suspensions[~state];
        return !suspension.operation().ofWarp()
                && (suspension.barrier() >= 0 ? suspension.barrier() : operand(context, thread, Suspension.FIRST))
                        == barrier;
    }

    private int operand(BlockContext context, int thread, int offset) {
        return (int) UNSAFE.getLong(context.saved + (long) thread * recordBytes + offset);
    }

    private boolean complete(BlockContext context, int threads, int barrier) {
        int arrived = 0;
        int expected = 0;
        boolean all = true;
        boolean any = false;
        for (int from = 0; from < threads; from += 32) {
            boolean here = false;
            boolean elsewhere = false;
            for (int thread = from; thread < Math.min(threads, from + 32); thread++) {
                if (waits(context, thread, barrier)) {
                    here = true;
                    if (suspensions[~context.state[thread]].barrier() < 0) {
                        expected = Math.max(expected, operand(context, thread, Suspension.SECOND));
                    }
                } else {
                    elsewhere |= context.state[thread] != EXITED;
                }
            }
            // Barriers count whole warps, also those whose other threads have exited or never were.
            arrived += here && !elsewhere ? 32 : 0;
            all &= !elsewhere;
            any |= here;
        }
        return any && (expected > 0 ? arrived >= expected : all);
    }

    private void release(BlockContext context, int threads, int barrier) {
        int count = 0;
        int members = 0;
        for (int thread = 0; thread < threads; thread++) {
            if (waits(context, thread, barrier)) {
                members++;
                if (suspensions[~context.state[thread]].operation() != Suspension.Operation.BAR_SYNC) {
                    count += operand(context, thread, Suspension.THIRD) != 0 ? 1 : 0;
                }
            }
        }
        if (context.checked != null) {
            check(context, threads, thread -> waits(context, thread, barrier));
        }
        for (int thread = 0; thread < threads; thread++) {
            if (waits(context, thread, barrier)) {
                int result = switch (suspensions[~context.state[thread]].operation()) {
                    case BAR_RED_POPC -> count;
                    case BAR_RED_AND -> count == members ? 1 : 0;
                    case BAR_RED_OR -> count > 0 ? 1 : 0;
                    default -> 0;
                };
                UNSAFE.putLong(context.saved + (long) thread * recordBytes + Suspension.RESULT, result);
                context.state[thread] = ~context.state[thread];
            }
        }
    }
}
