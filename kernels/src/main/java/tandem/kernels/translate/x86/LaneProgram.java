package tandem.kernels.translate.x86;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.Liveness;

/**
 * A kernel as it runs in lanes: every instruction that checks something at run time begins a block.
 *
 * @param entry the kernel as parsed
 * @param blocks basic blocks in the order of the code
 * @param invariants registers that are the same for all threads of a block, with the instructions that compute them
 * @param liveness registers live at each block
 * @param zeroed registers that may be read before they are written
 * @param divided shapes where divisions are assumed to give the same in all lanes
 * @param plain shapes without that assumption
 */
record LaneProgram(
        PtxEntry entry,
        List<BasicBlock> blocks,
        Map<PtxRegister, PtxInstruction> invariants,
        Liveness liveness,
        List<PtxRegister> zeroed,
        LaneAnalysis divided,
        LaneAnalysis plain) {

    static LaneProgram of(PtxEntry entry) {
        KernelGraph graph = KernelGraph.of(entry);
        Map<PtxRegister, PtxInstruction> invariants = graph.invariants();
        List<BasicBlock> blocks = LaneBlocks.unguarded(graph.blocks());
        LaneBlocks.joinDivisions(blocks);
        List<PtxRegister> zeroed = live(entry, Liveness.run(blocks).liveIn(blocks.get(0)), invariants);
        LaneAnalysis divided = analysis(graph.kinds(), invariants.values(), blocks, zeroed, true);
        LaneAnalysis plain = analysis(graph.kinds(), invariants.values(), blocks, zeroed, false);
        blocks = LaneBlocks.split(blocks, i -> divided.guard(i) != Guard.NONE || plain.guard(i) != Guard.NONE);
        return new LaneProgram(entry, blocks, invariants, Liveness.run(blocks), zeroed, divided, plain);
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

    /** How many loops a block is part of, taken from the branches back over it. */
    int loopDepth(BasicBlock block) {
        int depth = 0;
        for (BasicBlock other : blocks) {
            for (BasicBlock successor : other.successors()) {
                depth += successor.index <= block.index && block.index <= other.index ? 1 : 0;
            }
        }
        return depth;
    }
}
