package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.memory.CommandSequence;

/**
 * A forward convolution of one image whose parts are computed at the same time, each by one of the device's own
 * threads. These are awake during a frame, while those of oneDNN sleep between calls: waking one takes about 30
 * microseconds, as long as half of a small convolution.
 */
final class ParallelConvolution implements Primitive {

    private static final String NAME = "convolution_forward";
    private static final int FILTER = 1;

    private final CpuDevice device;
    private final ConvolutionShape shape;
    private final List<ConvolutionPart> parts;
    private final List<OneDnnSequence> sequences;
    /** Whether all parts read all filters, so that one arranged copy serves them. */
    private final boolean sameFilters;

    /** @param maker makes the convolution of a part, for one thread */
    ParallelConvolution(
            CpuDevice device,
            ConvolutionShape shape,
            List<ConvolutionPart> parts,
            Function<ConvolutionPart, OneDnnSequence> maker) {
        this.device = device;
        this.shape = shape;
        this.parts = parts;
        this.sequences = parts.stream().map(maker).toList();
        this.sameFilters = parts.get(0).hasAllChannels(shape);
    }

    /** Whether parts that share their filters also want them in the same layout. */
    boolean isUsable() {
        return !sameFilters || sequences.stream().allMatch(sequence -> sequence.preparesLike(sequences.get(0)));
    }

    @Override
    public long workspaceBytes() {
        return sequences.stream()
                .mapToLong(sequence -> Memory.aligned(sequence.workspaceBytes()))
                .sum();
    }

    @Override
    public long preparedBytes() {
        return sameFilters
                ? sequences.get(0).preparedBytes()
                : sequences.stream()
                        .mapToLong(sequence -> Memory.aligned(sequence.preparedBytes()))
                        .sum();
    }

    /** Makes the command of a part. */
    private interface Binder {
        Command bind(OneDnnSequence sequence, Memory workspace, Memory prepared, Memory[] arguments);
    }

    private List<Command> commands(int count, Memory workspace, Memory prepared, Memory[] arguments, Binder binder) {
        Resources made = new Resources();
        List<Command> commands = new ArrayList<>();
        try {
            long work = 0;
            long filters = 0;
            for (int i = 0; i < count; i++) {
                OneDnnSequence sequence = sequences.get(i);
                commands.add(made.add(binder.bind(
                        sequence,
                        workspace.slice(work, sequence.workspaceBytes()),
                        prepared.bytes() == 0 ? prepared : prepared.slice(filters, sequence.preparedBytes()),
                        parts.get(i).of(shape, arguments))));
                work += Memory.aligned(sequence.workspaceBytes());
                filters += sameFilters ? 0 : Memory.aligned(sequence.preparedBytes());
            }
            return commands;
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
    }

    private Command lanes(List<Command> commands, List<Memory> used) {
        return device.lanes(NAME, commands.stream().map(List::of).toList(), used);
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        List<Memory> used = new ArrayList<>(List.of(arguments));
        used.add(workspace);
        return lanes(
                commands(
                        parts.size(),
                        workspace,
                        Memory.NONE,
                        arguments,
                        (sequence, slice, none, own) -> sequence.bind(slice, own)),
                used);
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        return new CommandSequence(
                NAME,
                commands(
                        sameFilters ? 1 : parts.size(),
                        workspace,
                        prepared,
                        arguments,
                        OneDnnSequence::bindPreparation));
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        List<Memory> used = new ArrayList<>(List.of(arguments));
        used.remove(FILTER);
        used.add(workspace);
        used.add(prepared);
        return lanes(commands(parts.size(), workspace, prepared, arguments, OneDnnSequence::bindPrepared), used);
    }
}
