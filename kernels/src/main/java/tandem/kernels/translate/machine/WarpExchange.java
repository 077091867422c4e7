package tandem.kernels.translate.machine;

import sun.misc.Unsafe;

/**
 * What the lanes of a warp compute together (PTX ISA, {@code shfl.sync}, {@code vote.sync}, {@code match.sync},
 * {@code redux.sync}, and matrices).
 */
final class WarpExchange {

    private static final Unsafe UNSAFE = Raw.UNSAFE;

    private WarpExchange() {}

    private static int value(long record, int offset) {
        return (int) UNSAFE.getLong(record + offset);
    }

    /**
     * Reads what the lanes handed over and writes what each gets.
     *
     * @param lanes mask of the lanes that take part; none but they have a meaningful record
     * @param records address of lane 0's record
     * @param stride bytes from one lane's record to the next
     */
    static void perform(
            Suspension suspension, int lanes, long records, int stride, int firstThread, CheckedMemory checked) {
        Suspension.Operation operation = suspension.operation();
        switch (operation) {
            case WARP_SYNC -> {}
            case SHFL_UP, SHFL_DOWN, SHFL_BFLY, SHFL_IDX -> {
                if (shuffle(operation, lanes, records, stride) && checked != null) {
                    reportInactive(suspension, lanes, records, stride, firstThread, checked);
                }
            }
            case VOTE_ALL, VOTE_ANY, VOTE_UNI, VOTE_BALLOT -> vote(operation, lanes, records, stride);
            case MATRICES -> suspension.matrices().perform(lanes, records, stride);
            case MATCH_ANY, MATCH_ALL -> match(operation, lanes, records, stride);
            default -> store(reduce(operation, lanes, records, stride), lanes, records, stride);
        }
    }

    private static void store(int result, int lanes, long records, int stride) {
        for (int lane = 0; lane < 32; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                UNSAFE.putLong(records + (long) lane * stride + Suspension.RESULT, result);
            }
        }
    }

    /** Returns whether a lane reads one that takes no part. */
    private static boolean shuffle(Suspension.Operation operation, int lanes, long records, int stride) {
        boolean inactive = false;
        for (int lane = 0; lane < 32; lane++) {
            if ((lanes >>> lane & 1) == 0) {
                continue;
            }
            long record = records + (long) lane * stride;
            int source = source(operation, lane, record);
            boolean inRange = inRange(operation, lane, record, source);
            // A lane that takes no part has no value: the result is undefined in PTX, here the lane's own value.
            boolean readable = inRange && (lanes >>> source & 1) != 0;
            UNSAFE.putLong(
                    record + Suspension.RESULT,
                    value(readable ? records + (long) source * stride : record, Suspension.FIRST));
            UNSAFE.putLong(record + Suspension.PREDICATE, inRange ? 1 : 0);
            inactive |= inRange && !readable;
        }
        return inactive;
    }

    private static int source(Suspension.Operation operation, int lane, long record) {
        int by = value(record, Suspension.SECOND) & 31;
        int segment = value(record, Suspension.THIRD) >> 8 & 31;
        return switch (operation) {
            case SHFL_UP -> lane - by;
            case SHFL_DOWN -> lane + by;
            case SHFL_BFLY -> lane ^ by;
            default -> lane & segment | by & ~segment;
        };
    }

    private static boolean inRange(Suspension.Operation operation, int lane, long record, int source) {
        int control = value(record, Suspension.THIRD);
        int segment = control >> 8 & 31;
        int limit = lane & segment | control & 31 & ~segment;
        return operation == Suspension.Operation.SHFL_UP ? source >= limit : source <= limit;
    }

    private static void reportInactive(
            Suspension suspension, int lanes, long records, int stride, int firstThread, CheckedMemory checked) {
        for (int lane = 0; lane < 32; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                long record = records + (long) lane * stride;
                int source = source(suspension.operation(), lane, record);
                if (inRange(suspension.operation(), lane, record, source) && (lanes >>> source & 1) == 0) {
                    checked.inactiveSource(suspension, firstThread + lane, source);
                    return;
                }
            }
        }
    }

    private static void vote(Suspension.Operation operation, int lanes, long records, int stride) {
        int ballot = 0;
        for (int lane = 0; lane < 32; lane++) {
            if ((lanes >>> lane & 1) != 0 && value(records + (long) lane * stride, Suspension.FIRST) != 0) {
                ballot |= 1 << lane;
            }
        }
        int result = switch (operation) {
            case VOTE_ALL -> ballot == lanes ? 1 : 0;
            case VOTE_ANY -> ballot != 0 ? 1 : 0;
            case VOTE_UNI -> ballot == lanes || ballot == 0 ? 1 : 0;
            default -> ballot;
        };
        store(result, lanes, records, stride);
    }

    private static void match(Suspension.Operation operation, int lanes, long records, int stride) {
        for (int lane = 0; lane < 32; lane++) {
            if ((lanes >>> lane & 1) == 0) {
                continue;
            }
            long record = records + (long) lane * stride;
            long own = UNSAFE.getLong(record + Suspension.FIRST);
            int same = 0;
            for (int other = 0; other < 32; other++) {
                if ((lanes >>> other & 1) != 0
                        && UNSAFE.getLong(records + (long) other * stride + Suspension.FIRST) == own) {
                    same |= 1 << other;
                }
            }
            boolean all = same == lanes;
            UNSAFE.putLong(
                    record + Suspension.RESULT, operation == Suspension.Operation.MATCH_ANY ? same : all ? lanes : 0);
            UNSAFE.putLong(record + Suspension.PREDICATE, all ? 1 : 0);
        }
    }

    private static int reduce(Suspension.Operation operation, int lanes, long records, int stride) {
        int result = value(records + (long) Integer.numberOfTrailingZeros(lanes) * stride, Suspension.FIRST);
        for (int lane = Integer.numberOfTrailingZeros(lanes) + 1; lane < 32; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                int value = value(records + (long) lane * stride, Suspension.FIRST);
                result = switch (operation) {
                    case REDUX_ADD -> result + value;
                    case REDUX_MIN_SIGNED -> Math.min(result, value);
                    case REDUX_MAX_SIGNED -> Math.max(result, value);
                    case REDUX_MIN_UNSIGNED -> IntegerMath.minUnsigned(result, value);
                    case REDUX_MAX_UNSIGNED -> IntegerMath.maxUnsigned(result, value);
                    case REDUX_AND -> result & value;
                    case REDUX_OR -> result | value;
                    default -> result ^ value;
                };
            }
        }
        return result;
    }
}
