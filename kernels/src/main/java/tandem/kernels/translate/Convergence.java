package tandem.kernels.translate;

import static tandem.kernels.translate.CheckFailure.Problem.DIVERGENT;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.BuildBlocks;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.Suspension;

/**
 * Finds barriers and warp operations that threads execute divergently: lanes of one warp at different barriers, warps
 * at different barriers that count the whole block, and threads that passed by. A thread that has returned early is not
 * divergent (CUDA C++ Programming Guide, "Synchronization Functions": all non-exited threads); one that has exited
 * after an access behind the barrier has passed it by.
 */
final class Convergence {

    private final PtxEntry entry;
    private final CheckedLaunch how;
    private final FailureText text;
    private final Consumer<CheckFailure> report;
    private final int[] lastLines = new int[1024];
    private final Map<Integer, Set<Integer>> behind = new HashMap<>();

    Convergence(PtxEntry entry, CheckedLaunch how, FailureText text, Consumer<CheckFailure> report) {
        this.entry = entry;
        this.how = how;
        this.text = text;
        this.report = report;
    }

    void startBlock() {
        Arrays.fill(lastLines, 0);
    }

    void accessed(int thread, int line) {
        lastLines[thread] = line;
    }

    /** Checks threads that pass a barrier, each with where it waited or null; returns the mask of their warps. */
    int barrier(Suspension[] at, int threads, int[] state) {
        int warps = 0;
        Suspension whole = null;
        int wholeThread = 0;
        for (int from = 0; from < threads; from += 32) {
            int first = -1;
            for (int thread = from; thread < Math.min(threads, from + 32); thread++) {
                if (at[thread] == null) {
                    continue;
                }
                warps |= 1 << (from >> 5);
                if (first >= 0 && at[thread].aligned() && different(at[thread], at[first])) {
                    differ(
                            at[thread],
                            thread,
                            at[first],
                            first,
                            "waits at this barrier, while thread ",
                            " of its warp");
                    return warps | mask(at, threads);
                }
                first = first < 0 ? thread : first;
            }
            if (first >= 0) {
                passedBy(at[first], first, from, threads, state);
                if (whole != null && whole.barrier() >= 0 && whole.aligned() && different(at[first], whole)) {
                    differ(at[first], first, whole, wholeThread, "waits at this barrier, while thread ", "");
                    return warps | mask(at, threads);
                }
                whole = at[first];
                wholeThread = first;
            }
        }
        return warps;
    }

    /**
     * Whether two barriers are different ones of the source. Those of which none can be reached from the other are; of
     * the others, which may be copies in an unrolled loop, those that are known to have different source lines.
     */
    private boolean different(Suspension one, Suspension other) {
        if (one == other) {
            return false;
        }
        boolean known = how.sourceLine().applyAsInt(one.line()) != 0;
        return known && !how.sameSource(one.line(), other.line())
                || !reaches(one.line(), other.line()) && !reaches(other.line(), one.line());
    }

    private boolean reaches(int line, int other) {
        List<BasicBlock> blocks = BuildBlocks.run(entry);
        BasicBlock from = waitingAt(blocks, line);
        BasicBlock to = waitingAt(blocks, other);
        return from != null && to != null && reach(from).contains(to);
    }

    private static BasicBlock waitingAt(List<BasicBlock> blocks, int line) {
        for (BasicBlock block : blocks) {
            if (block.suspends && block.last().line() == line) {
                return block;
            }
        }
        return null;
    }

    private static int mask(Suspension[] at, int threads) {
        int warps = 0;
        for (int thread = 0; thread < threads; thread++) {
            warps |= at[thread] == null ? 0 : 1 << (thread >> 5);
        }
        return warps;
    }

    private void differ(Suspension one, int thread, Suspension other, int otherThread, String does, String whose) {
        report.accept(text.failure(
                DIVERGENT,
                one.line(),
                other.line(),
                thread,
                does + text.index(otherThread) + whose + " waits at another one at " + CheckFailure.OTHER_LINE
                        + ": all threads of a block must execute the same barrier"));
    }

    /** Threads of a warp that have exited behind a barrier at which others of it wait. */
    private void passedBy(Suspension barrier, int waiting, int from, int threads, int[] state) {
        for (int thread = from; thread < Math.min(threads, from + 32); thread++) {
            if (!how.lenient() && state[thread] == BlockContext.EXITED && isBehind(barrier.line(), lastLines[thread])) {
                report.accept(text.failure(
                        DIVERGENT,
                        barrier.line(),
                        lastLines[thread],
                        waiting,
                        "waits at this barrier, which thread " + text.index(thread)
                                + " of its warp did not execute before " + CheckFailure.OTHER_LINE
                                + ": all threads of a block must execute the same barrier"));
                return;
            }
        }
    }

    /** Checks a warp operation: lanes that its mask names and that do not run must have returned early. */
    void warp(Suspension operation, int warp, int absent, int group, int threads) {
        for (int lane = 0; lane < 32 && absent != 0; lane++) {
            int thread = 32 * warp + lane;
            if ((absent >>> lane & 1) != 0 && thread < threads && isBehind(operation.line(), lastLines[thread])) {
                report.accept(text.failure(
                        DIVERGENT,
                        operation.line(),
                        lastLines[thread],
                        32 * warp + Integer.numberOfTrailingZeros(group),
                        "executes this operation with a mask that names lane " + lane
                                + ", which did not execute it before " + CheckFailure.OTHER_LINE));
                return;
            }
        }
    }

    /** Whether a thread that was at {@code line} cannot reach the instruction at {@code operation} any more. */
    private boolean isBehind(int operation, int line) {
        return line != 0 && behind.computeIfAbsent(operation, this::linesBehind).contains(line);
    }

    private Set<Integer> linesBehind(int operation) {
        List<BasicBlock> blocks = BuildBlocks.run(entry);
        BasicBlock of = waitingAt(blocks, operation);
        Set<Integer> lines = new HashSet<>();
        if (of == null) {
            return lines;
        }
        for (BasicBlock block : reach(of)) {
            if (block != of && !reach(block).contains(of)) {
                for (PtxInstruction instruction : block.instructions) {
                    lines.add(instruction.line());
                }
            }
        }
        return lines;
    }

    private static Set<BasicBlock> reach(BasicBlock from) {
        Set<BasicBlock> seen = new HashSet<>();
        Deque<BasicBlock> open = new ArrayDeque<>(new ArrayList<>(from.successors()));
        while (!open.isEmpty()) {
            BasicBlock block = open.pop();
            if (seen.add(block)) {
                open.addAll(block.successors());
            }
        }
        return seen;
    }
}
