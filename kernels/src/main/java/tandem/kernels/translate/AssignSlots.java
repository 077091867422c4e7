package tandem.kernels.translate;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.graph.PassDump;

/**
 * Pass {@code slots}: assigns local variables to the registers of one segment. A register that lives across blocks has
 * one of its own; those that live within a block share, so that few methods need the longer instructions for locals
 * above 255.
 */
final class AssignSlots {

    private final Map<PtxRegister, Kind> kinds;
    private final Map<PtxRegister, Integer> slots = new HashMap<>();
    private final Map<Kind, Deque<Integer>> free = new EnumMap<>(Kind.class);
    private int next;

    private AssignSlots(Map<PtxRegister, Kind> kinds, int first) {
        this.kinds = kinds;
        this.next = first;
        for (Kind kind : Kind.values()) {
            free.put(kind, new ArrayDeque<>());
        }
    }

    /** The assignment. */
    record Result(Map<PtxRegister, Integer> slots, int end) {}

    /**
     * @param own registers that must have a local of their own
     * @param first first free local
     */
    static Result run(KernelGraph graph, List<BasicBlock> blocks, Collection<PtxRegister> own, int first) {
        AssignSlots pass = new AssignSlots(graph.kinds(), first);
        own.forEach(pass::dedicate);
        for (BasicBlock block : blocks) {
            for (PtxInstruction instruction : block.instructions) {
                Effects.reads(instruction).stream()
                        .filter(graph.liveness()::crossesBlocks)
                        .forEach(pass::dedicate);
                Effects.writes(instruction).stream()
                        .filter(graph.liveness()::crossesBlocks)
                        .forEach(pass::dedicate);
            }
        }
        pass.dedicateSharedByBlocks(blocks);
        blocks.forEach(pass::share);
        PassDump.show("slots", graph.entry(), pass.slots);
        return new Result(pass.slots, pass.next);
    }

    private void dedicate(PtxRegister register) {
        if (!slots.containsKey(register)) {
            slots.put(register, take(kinds.get(register)));
        }
    }

    /** A register with separate live ranges in several blocks has one local for all of them. */
    private void dedicateSharedByBlocks(List<BasicBlock> blocks) {
        Map<PtxRegister, BasicBlock> home = new HashMap<>();
        for (BasicBlock block : blocks) {
            for (PtxInstruction instruction : block.instructions) {
                for (PtxRegister register : Effects.writes(instruction)) {
                    if (home.putIfAbsent(register, block) != null && home.get(register) != block) {
                        dedicate(register);
                    }
                }
            }
        }
    }

    private int take(Kind kind) {
        Integer slot = free.get(kind).poll();
        if (slot == null) {
            slot = next;
            next += kind.size();
        }
        return slot;
    }

    private void share(BasicBlock block) {
        Map<PtxRegister, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < block.instructions.size(); i++) {
            for (PtxRegister register : Effects.reads(block.instructions.get(i))) {
                lastUse.put(register, i);
            }
            for (PtxRegister register : Effects.writes(block.instructions.get(i))) {
                lastUse.put(register, i);
            }
        }
        Map<PtxRegister, Integer> local = new HashMap<>();
        for (int i = 0; i < block.instructions.size(); i++) {
            PtxInstruction instruction = block.instructions.get(i);
            for (PtxRegister register : Effects.writes(instruction)) {
                if (!slots.containsKey(register)) {
                    int slot = take(kinds.get(register));
                    slots.put(register, slot);
                    local.put(register, slot);
                }
            }
            // Sources are freed only now: an instruction with several results may read a source after its first result.
            int now = i;
            local.entrySet().removeIf(entry -> {
                boolean dead = lastUse.get(entry.getKey()) <= now;
                if (dead) {
                    free.get(kinds.get(entry.getKey())).push(entry.getValue());
                }
                return dead;
            });
        }
    }
}
