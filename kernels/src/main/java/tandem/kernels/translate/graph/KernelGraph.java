package tandem.kernels.translate.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.Statement;
import tandem.kernels.translate.forms.FormTable;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.forms.SuspensionForms;
import tandem.kernels.translate.machine.KernelCode;
import tandem.kernels.translate.machine.Schedule;
import tandem.kernels.translate.machine.Suspension;

/**
 * A kernel after the passes.
 *
 * @param entry the kernel as parsed
 * @param blocks basic blocks, the first is where it starts
 * @param kinds how the JVM holds each register
 * @param invariants registers that are the same for all threads of a block, with the instructions that compute them
 * @param liveness registers live at each block
 * @param points where threads start and resume
 * @param matrixBytes bytes of a thread's record for registers of matrices
 * @param saved for each register that outlives a suspension, its offset in a thread's record
 */
public record KernelGraph(
        PtxEntry entry,
        List<BasicBlock> blocks,
        Map<PtxRegister, Kind> kinds,
        Map<PtxRegister, PtxInstruction> invariants,
        Liveness liveness,
        List<ResumePoint> points,
        int matrixBytes,
        Map<PtxRegister, Integer> saved) {

    /** Runs the passes. */
    public static KernelGraph of(PtxEntry entry) {
        for (Statement statement : entry.body()) {
            if (statement instanceof PtxInstruction instruction) {
                FormTable.find(entry.file(), instruction);
            }
        }
        List<BasicBlock> blocks = BuildBlocks.run(entry);
        PassDump.show("blocks", entry, blocks);
        PropagateConstants.run(blocks);
        PassDump.show("constants", entry, blocks);
        Map<PtxRegister, Kind> kinds = InferKinds.run(entry.registers(), blocks);
        PassDump.show("kinds", entry, kinds);
        Map<PtxRegister, PtxInstruction> invariants = FindInvariants.run(entry, blocks);
        PassDump.show("invariants", entry, invariants.values());
        return of(entry, blocks, kinds, invariants);
    }

    /** The graph after some blocks have been marked as cut. */
    public KernelGraph again() {
        return of(entry, blocks, kinds, invariants);
    }

    private static KernelGraph of(
            PtxEntry entry,
            List<BasicBlock> blocks,
            Map<PtxRegister, Kind> kinds,
            Map<PtxRegister, PtxInstruction> invariants) {
        Liveness liveness = Liveness.run(blocks);
        PassDump.show(
                "liveness",
                entry,
                blocks.stream()
                        .map(b -> b.label + ": " + names(entry, liveness.liveIn(b)))
                        .toList());
        List<ResumePoint> points = ResumePoint.of(blocks);
        Map<PtxRegister, Integer> saved = new LinkedHashMap<>();
        int matrixBytes = points.stream()
                .filter(point -> point.suspension() != null)
                .mapToInt(point -> SuspensionForms.describe(point.suspension()).matrixBytes())
                .max()
                .orElse(0);
        KernelGraph graph = new KernelGraph(entry, blocks, kinds, invariants, liveness, points, matrixBytes, saved);
        int start = Suspension.BYTES + matrixBytes;
        for (ResumePoint point : points) {
            if (point.from() != null) {
                graph.restored(point).forEach(register -> saved.putIfAbsent(register, start + 8 * saved.size()));
            }
        }
        PassDump.show(
                "segments",
                entry,
                points.stream()
                        .map(p -> p.number() + " at " + p.start().label + " restores "
                                + (p.from() == null ? "nothing" : graph.restored(p)) + " reaches "
                                + p.reach().stream().map(b -> b.label).toList())
                        .toList());
        return graph;
    }

    private static List<PtxRegister> names(PtxEntry entry, BitSet live) {
        return live.stream().mapToObj(entry.registers()::get).toList();
    }

    /** The registers whose values threads bring along to a resume point. */
    public List<PtxRegister> restored(ResumePoint point) {
        BitSet live = (BitSet) liveness.liveIn(point.start()).clone();
        if (point.suspension() != null) {
            Effects.writes(point.suspension()).forEach(register -> live.clear(register.index()));
        }
        invariants.keySet().forEach(register -> live.clear(register.index()));
        return names(entry, live);
    }

    /** Whether threads may be suspended and resumed, so that their states must be saved. */
    public boolean suspends() {
        return points.size() > 1;
    }

    /** What the scheduler needs, with the class that was generated for this graph. */
    public Schedule schedule(KernelCode code) {
        List<Suspension> suspensions = new ArrayList<>();
        for (ResumePoint point : points) {
            suspensions.add(point.suspension() == null ? null : SuspensionForms.describe(point.suspension()));
        }
        return new Schedule(entry.file(), entry.name(), code, suspensions, recordBytes());
    }

    /** Bytes of a thread's record. */
    public int recordBytes() {
        return suspends() ? Suspension.BYTES + matrixBytes + 8 * saved.size() : 0;
    }
}
