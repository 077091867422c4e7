package tandem.kernels.translate.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxLabel;
import tandem.kernels.ptx.Statement;

/**
 * Pass {@code blocks}: cuts a body into basic blocks, the first of them the entry, and drops those that cannot be
 * reached. A guarded suspension becomes a branch around an unguarded one.
 */
public final class BuildBlocks {

    private final PtxEntry entry;
    private final List<BasicBlock> blocks = new ArrayList<>();
    private final Map<String, BasicBlock> byLabel = new HashMap<>();

    private BuildBlocks(PtxEntry entry) {
        this.entry = entry;
    }

    public static List<BasicBlock> run(PtxEntry entry) {
        BuildBlocks pass = new BuildBlocks(entry);
        pass.cut();
        pass.connect();
        return pass.reachable();
    }

    private BasicBlock begin(String label, int line) {
        BasicBlock block = new BasicBlock(blocks.size(), label, line);
        blocks.add(block);
        byLabel.put(label, block);
        return block;
    }

    private void cut() {
        BasicBlock current = begin("entry", entry.line());
        boolean ended = false;
        for (Statement statement : entry.body()) {
            if (statement instanceof PtxLabel label) {
                current = begin(label.name(), label.line());
                ended = false;
                continue;
            }
            PtxInstruction instruction = (PtxInstruction) statement;
            if (ended) {
                current = begin("line " + instruction.line() + "." + blocks.size(), instruction.line());
            }
            if (Effects.suspends(instruction) && instruction.guard() != null) {
                String behind = "behind " + instruction.line() + "." + blocks.size();
                current.instructions.add(new PtxInstruction(
                        instruction.line(),
                        instruction.text(),
                        instruction.guard(),
                        !instruction.guardNegated(),
                        "bra",
                        Set.of(),
                        List.of(),
                        List.of(new Operand.Symbol(behind, 0))));
                current = begin("line " + instruction.line() + "." + blocks.size(), instruction.line());
                current.instructions.add(new PtxInstruction(
                        instruction.line(),
                        instruction.text(),
                        null,
                        false,
                        instruction.opcode(),
                        instruction.modifiers(),
                        instruction.types(),
                        instruction.operands()));
                current = begin(behind, instruction.line());
                ended = false;
            } else {
                current.instructions.add(instruction);
                ended = endsBlock(instruction);
            }
        }
    }

    private static boolean endsBlock(PtxInstruction instruction) {
        return instruction.opcode().equals("bra") || Effects.suspends(instruction) || neverGoesOn(instruction);
    }

    private static boolean neverGoesOn(PtxInstruction instruction) {
        return instruction.guard() == null && Set.of("ret", "exit", "trap").contains(instruction.opcode());
    }

    private void connect() {
        for (BasicBlock block : blocks) {
            BasicBlock following = block.index + 1 < blocks.size() ? blocks.get(block.index + 1) : null;
            block.next = following;
            if (block.instructions.isEmpty()) {
                continue;
            }
            PtxInstruction last = block.last();
            if (last.opcode().equals("bra")) {
                block.target = byLabel.get(((Operand.Symbol) last.operands().get(0)).name());
                if (last.guard() == null) {
                    block.next = null;
                }
            } else if (neverGoesOn(last)) {
                block.next = null;
            } else {
                block.suspends = Effects.suspends(last);
            }
        }
    }

    private List<BasicBlock> reachable() {
        Set<BasicBlock> seen = new HashSet<>(List.of(blocks.get(0)));
        Deque<BasicBlock> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            BasicBlock block = open.pop();
            boolean ends = !block.instructions.isEmpty()
                    && (neverGoesOn(block.last())
                            || block.target != null && block.last().guard() == null);
            if (block.next == null && !ends) {
                throw new PtxException(
                        entry.file(),
                        block.line,
                        "entry " + entry.name() + ": control runs off the end of the body; a ret is missing");
            }
            for (BasicBlock successor : block.successors()) {
                if (seen.add(successor)) {
                    open.push(successor);
                }
            }
        }
        List<BasicBlock> reachable = new ArrayList<>(blocks);
        reachable.retainAll(seen);
        return reachable;
    }
}
