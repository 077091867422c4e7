package tandem.kernels.translate.x86;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.forms.SuspensionForms;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.Liveness;

/**
 * A kernel as it runs in lanes: every instruction that checks something at run time begins a block.
 *
 * @param parts vectors of eight lanes that run together: 1, 2 or 4
 * @param entry the kernel as parsed
 * @param blocks basic blocks in the order of the code
 * @param invariants registers that are the same for all threads of a block, with the instructions that compute them
 * @param liveness registers live at each block
 * @param zeroed registers that may be read before they are written
 * @param meetings blocks at which lanes that parted may return to the code for all lanes
 * @param divided shapes where divisions are assumed to give the same in all lanes
 * @param plain shapes without that assumption
 */
record LaneProgram(
        int parts,
        PtxEntry entry,
        List<BasicBlock> blocks,
        Map<PtxRegister, PtxInstruction> invariants,
        Liveness liveness,
        List<PtxRegister> zeroed,
        List<BasicBlock> meetings,
        LaneAnalysis divided,
        LaneAnalysis plain) {

    /** Registers that may be copied in all returns of a kernel, so that those do not become the larger part of it. */
    private static final int MAX_COPIES = 2000;

    static LaneProgram of(PtxEntry entry) {
        KernelGraph graph = KernelGraph.of(entry);
        Map<PtxRegister, PtxInstruction> invariants = graph.invariants();
        List<BasicBlock> blocks = LaneBlocks.unguarded(graph.blocks());
        LaneBlocks.joinDivisions(blocks);
        List<PtxRegister> zeroed = live(entry, Liveness.run(blocks).liveIn(blocks.get(0)), invariants);
        LaneAnalysis divided = analysis(graph.kinds(), invariants.values(), blocks, zeroed, true);
        LaneAnalysis plain = analysis(graph.kinds(), invariants.values(), blocks, zeroed, false);
        JoinAccesses.run(blocks, register -> liesApart(plain.of(register)) && liesApart(divided.of(register)));
        blocks = LaneBlocks.split(
                blocks, i -> divided.guard(i) != Guard.NONE || plain.guard(i) != Guard.NONE || isWarp(i));
        blocks.stream().filter(LaneProgram::isWarp).forEach(block -> block.suspends = false);
        Liveness liveness = Liveness.run(blocks);
        List<BasicBlock> meetings = new ArrayList<>();
        int copies = 0;
        for (BasicBlock block : Meetings.of(blocks)) {
            copies += liveness.liveIn(block).cardinality();
            if (copies <= MAX_COPIES) {
                meetings.add(block);
            }
        }
        int parts = blocks.stream().anyMatch(LaneProgram::isWarp) ? 4 : 1;
        return new LaneProgram(parts, entry, blocks, invariants, liveness, zeroed, meetings, divided, plain);
    }

    private static boolean liesApart(Shape address) {
        return !address.scalar() || Math.abs(address.stride()) > 8;
    }

    /** The same program for another number of parts. */
    LaneProgram with(int parts) {
        return new LaneProgram(parts, entry, blocks, invariants, liveness, zeroed, meetings, divided, plain);
    }

    /** Whether the lanes of a warp execute the instruction together. */
    static boolean isWarp(PtxInstruction i) {
        return Effects.suspends(i) && SuspensionForms.describe(i).operation().ofWarp();
    }

    /** Whether the block is one such instruction. */
    static boolean isWarp(BasicBlock block) {
        return !block.instructions.isEmpty() && isWarp(block.last());
    }

    /**
     * How many parts to run together, where threads are in rows of that many. More than one where lanes rarely diverge
     * and the registers suffice.
     */
    int suitableParts() {
        if (parts > 1) {
            return parts;
        }
        int[] loopDepths = loopDepths();
        for (BasicBlock block : blocks) {
            if (block.target != null
                    && block.next != null
                    && !divided.of(block.last().guard()).scalar()) {
                return 1;
            }
            boolean inLoop = loopDepths[block.index] > 0;
            if (block.instructions.stream()
                    .anyMatch(i -> divided.guard(i) == Guard.QUOTIENT || inLoop && liesApart(i))) {
                return 1;
            }
        }
        int vectors = maxVectors();
        boolean loops = Arrays.stream(loopDepths).anyMatch(depth -> depth > 0);
        // Beside the instructions of a loop, which are saved, vectors in memory cost little.
        return vectors <= 1 || vectors == 2 && loops ? 8 : vectors <= 4 ? 4 : vectors <= 7 ? 2 : 1;
    }

    /** Whether the lanes access memory in places that lie apart: many at once compete for the same cache lines. */
    private boolean liesApart(PtxInstruction i) {
        return i.has("global")
                && i.operands().stream()
                        .anyMatch(operand -> operand instanceof Operand.Address address
                                && address.base() instanceof Operand.Register base
                                && liesApart(divided.of(base.register())));
    }

    /** The largest number of vectors of one part that are live at once. */
    private int maxVectors() {
        int max = 0;
        for (BasicBlock block : blocks) {
            Set<PtxRegister> live = new HashSet<>(liveOut(block));
            for (int k = block.instructions.size() - 1; k >= 0; k--) {
                PtxInstruction i = block.instructions.get(k);
                live.addAll(Effects.writes(i));
                max = Math.max(max, vectors(live));
                live.removeAll(Effects.writes(i));
                live.addAll(Effects.reads(i));
                max = Math.max(max, vectors(live));
            }
        }
        return max;
    }

    private int vectors(Set<PtxRegister> live) {
        return live.stream()
                .filter(register -> !invariants.containsKey(register)
                        && !divided.of(register).scalar())
                .mapToInt(register -> Lanes.halves(register.type()))
                .sum();
    }

    private static LaneAnalysis analysis(
            Map<PtxRegister, Kind> kinds,
            Collection<PtxInstruction> invariants,
            List<BasicBlock> blocks,
            List<PtxRegister> zeroed,
            boolean quotients) {
        return new LaneAnalysis(kinds, invariants, blocks, zeroed, quotients);
    }

    private static List<PtxRegister> live(PtxEntry entry, BitSet live, Map<PtxRegister, PtxInstruction> invariants) {
        return live.stream()
                .mapToObj(entry.registers()::get)
                .filter(register -> !invariants.containsKey(register))
                .toList();
    }

    /** The registers that are live where the block starts, without invariants. */
    List<PtxRegister> liveIn(BasicBlock block) {
        return live(entry, liveness.liveIn(block), invariants);
    }

    /** The same where it ends. */
    List<PtxRegister> liveOut(BasicBlock block) {
        return live(entry, liveness.liveOut(block), invariants);
    }

    /** How many loops each block is part of, by its index, taken from the branches back over it. */
    int[] loopDepths() {
        int[] depths =
                new int[blocks.stream().mapToInt(block -> block.index).max().orElse(0) + 2];
        for (BasicBlock block : blocks) {
            for (BasicBlock successor : block.successors()) {
                if (successor.index <= block.index) {
                    depths[successor.index]++;
                    depths[block.index + 1]--;
                }
            }
        }
        for (int i = 1; i < depths.length; i++) {
            depths[i] += depths[i - 1];
        }
        return depths;
    }
}
