package tandem.kernels.translate.x86;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;

/**
 * Linear scan (Poletto and Sarkar, 1999): gives machine registers to PTX registers, by intervals from the first to the
 * last position where one is live. Where there are too few, the interval that is used least for its length goes to
 * memory. A result never shares a register with a source of the same instruction.
 */
final class RegisterAllocation {

    /** Vector registers given out are 0 to 10; the others are scratch. */
    static final int VECTORS = 11;
    /** General registers given out; rax, rcx and rdx are scratch, rdi has the frame. */
    private static final int[] GENERAL = {Code.RSI, Code.RBX, Code.RBP, 8, 9, 10, 11, 12, 13, 14, 15};

    /** One register, or one half of a 64-bit one held as vectors, in one of the parts that run together. */
    private record Part(PtxRegister register, int half, int part) {}

    private static final class Interval {
        final Part part;
        int start = Integer.MAX_VALUE;
        int end = -1;
        double weight;
        int machine = -1;

        Interval(Part part) {
            this.part = part;
        }

        void cover(int position) {
            start = Math.min(start, position);
            end = Math.max(end, position);
        }

        double worth() {
            return weight / (end - start + 1);
        }
    }

    private final LaneProgram program;
    private final LaneAnalysis shapes;
    private final int parts;
    private final Map<Part, Interval> intervals = new LinkedHashMap<>();
    private final Map<Part, Integer> machine = new HashMap<>();

    RegisterAllocation(LaneProgram program, LaneAnalysis shapes, int parts) {
        this.parts = parts;
        this.program = program;
        this.shapes = shapes;
        build();
        List<Interval> general = new ArrayList<>();
        List<Interval> vectors = new ArrayList<>();
        for (Interval interval : intervals.values()) {
            (shapes.of(interval.part.register).scalar() ? general : vectors).add(interval);
        }
        int[] numbers = new int[VECTORS];
        for (int i = 0; i < VECTORS; i++) {
            numbers[i] = i;
        }
        scan(vectors, numbers);
        scan(general, GENERAL);
    }

    private void build() {
        int position = 0;
        int[] loopDepths = program.loopDepths();
        for (BasicBlock block : program.blocks()) {
            double weight = Math.pow(10, Math.min(6, loopDepths[block.index]));
            cover(program.liveIn(block), position, 0);
            for (PtxInstruction i : block.instructions) {
                cover(Effects.reads(i), position, weight);
                cover(Effects.writes(i), position, weight);
                position++;
            }
            position++;
            cover(program.liveOut(block), position, 0);
        }
    }

    private void cover(List<PtxRegister> registers, int position, double weight) {
        for (PtxRegister register : registers) {
            if (program.invariants().containsKey(register)) {
                continue;
            }
            boolean scalar = shapes.of(register).scalar();
            for (int part = 0; part < (scalar ? 1 : parts); part++) {
                for (int half = 0; half < (scalar ? 1 : Lanes.halves(register.type())); half++) {
                    Interval interval = intervals.computeIfAbsent(new Part(register, half, part), Interval::new);
                    interval.cover(position);
                    interval.weight += weight;
                }
            }
        }
    }

    private void scan(List<Interval> all, int[] numbers) {
        Deque<Integer> free = new ArrayDeque<>();
        for (int number : numbers) {
            free.add(number);
        }
        all.sort(Comparator.comparingInt(interval -> interval.start));
        List<Interval> active = new ArrayList<>();
        for (Interval interval : all) {
            active.removeIf(other -> {
                boolean over = other.end < interval.start;
                if (over) {
                    free.push(other.machine);
                }
                return over;
            });
            if (free.isEmpty()) {
                Interval least = active.stream()
                        .min(Comparator.comparingDouble(Interval::worth))
                        .orElseThrow();
                if (least.worth() >= interval.worth()) {
                    continue;
                }
                active.remove(least);
                free.push(least.machine);
                least.machine = -1;
            }
            interval.machine = free.pop();
            active.add(interval);
        }
        for (Interval interval : all) {
            if (interval.machine >= 0) {
                machine.put(interval.part, interval.machine);
            }
        }
    }

    /** The machine register of a scalar, or of half a vector; negative when it is in memory. */
    int of(PtxRegister register, int half, int part) {
        return machine.getOrDefault(new Part(register, half, part), -1);
    }
}
