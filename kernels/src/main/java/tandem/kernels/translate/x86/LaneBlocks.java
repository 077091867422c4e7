package tandem.kernels.translate.x86;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;

/** Rewrites basic blocks for lanes; each method returns new blocks, whose index is their position. */
final class LaneBlocks {

    /**
     * Opcode of a product and a shift to the right that were joined: operands are result, two factors and the shift.
     */
    static final String DIVIDE = "divide";

    private final List<BasicBlock> blocks = new ArrayList<>();
    private final Map<BasicBlock, BasicBlock> first = new HashMap<>();

    private LaneBlocks() {}

    private BasicBlock begin(BasicBlock old) {
        BasicBlock block = new BasicBlock(blocks.size(), old.label + "." + blocks.size(), old.line);
        blocks.add(block);
        return block;
    }

    private List<BasicBlock> connected() {
        for (BasicBlock block : blocks) {
            block.target = first.getOrDefault(block.target, block.target);
            block.next = first.getOrDefault(block.next, block.next);
        }
        return blocks;
    }

    private static void end(BasicBlock block, BasicBlock old) {
        block.target = old.target;
        block.next = old.next;
        block.suspends = old.suspends;
    }

    /** Makes every guarded instruction that is not a branch an unguarded one with a branch around it. */
    static List<BasicBlock> unguarded(List<BasicBlock> old) {
        LaneBlocks result = new LaneBlocks();
        for (BasicBlock block : old) {
            BasicBlock now = result.begin(block);
            result.first.put(block, now);
            for (PtxInstruction i : block.instructions) {
                if (i.guard() == null || i.opcode().equals("bra")) {
                    now.instructions.add(i);
                    continue;
                }
                BasicBlock body = result.begin(block);
                BasicBlock behind = result.begin(block);
                now.instructions.add(new PtxInstruction(
                        i.line(), i.text(), i.guard(), !i.guardNegated(), "bra", Set.of(), List.of(), List.of()));
                now.target = behind;
                now.next = body;
                body.instructions.add(new PtxInstruction(
                        i.line(), i.text(), null, false, i.opcode(), i.modifiers(), i.types(), i.operands()));
                body.next = Set.of("ret", "exit").contains(i.opcode()) ? null : behind;
                now = behind;
            }
            end(now, block);
        }
        return result.connected();
    }

    /** Begins a new block at each instruction that is chosen. */
    static List<BasicBlock> split(List<BasicBlock> old, Predicate<PtxInstruction> chosen) {
        LaneBlocks result = new LaneBlocks();
        for (BasicBlock block : old) {
            BasicBlock now = result.begin(block);
            result.first.put(block, now);
            for (PtxInstruction i : block.instructions) {
                if (chosen.test(i) && !now.instructions.isEmpty()) {
                    BasicBlock rest = result.begin(block);
                    now.next = rest;
                    now = rest;
                }
                now.instructions.add(i);
            }
            end(now, block);
        }
        return result.connected();
    }

    /**
     * Joins {@code mul.wide.u32} and a {@code shr.u64} of its result to one instruction: how kernels divide by a number
     * that is the same for all threads. Only where each register involved is written once.
     */
    static void joinDivisions(List<BasicBlock> blocks) {
        Map<PtxRegister, Integer> writes = new HashMap<>();
        Map<PtxRegister, PtxInstruction> products = new HashMap<>();
        for (BasicBlock block : blocks) {
            for (PtxInstruction i : block.instructions) {
                Effects.writes(i).forEach(register -> writes.merge(register, 1, Integer::sum));
                if (i.opcode().equals("mul") && i.has("wide") && i.type() == PtxType.U32) {
                    Effects.writes(i).forEach(register -> products.put(register, i));
                }
            }
        }
        for (BasicBlock block : blocks) {
            block.instructions.replaceAll(i -> {
                if (!i.opcode().equals("shr")
                        || i.type() != PtxType.U64
                        || !(i.operands().get(1) instanceof Operand.Register source)
                        || !products.containsKey(source.register())) {
                    return i;
                }
                PtxInstruction product = products.get(source.register());
                List<PtxRegister> involved = new ArrayList<>(Effects.reads(product));
                involved.add(source.register());
                if (involved.stream().anyMatch(register -> writes.getOrDefault(register, 0) > 1)) {
                    return i;
                }
                return new PtxInstruction(
                        i.line(),
                        i.text(),
                        null,
                        false,
                        DIVIDE,
                        Set.of(),
                        List.of(PtxType.U64),
                        List.of(
                                i.operands().get(0),
                                product.operands().get(1),
                                product.operands().get(2),
                                i.operands().get(2)));
            });
        }
        Set<PtxRegister> read = new HashSet<>();
        for (BasicBlock block : blocks) {
            block.instructions.forEach(i -> read.addAll(Effects.reads(i)));
        }
        for (BasicBlock block : blocks) {
            block.instructions.removeIf(
                    i -> products.containsValue(i) && Effects.writes(i).stream().noneMatch(read::contains));
        }
    }
}
