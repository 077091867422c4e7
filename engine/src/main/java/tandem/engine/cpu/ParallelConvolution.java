package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;

/**
 * A forward convolution of one image whose parts are computed at the same time, each by one of the device's own
 * threads. These are awake during a frame, while those of oneDNN sleep between calls: waking one takes about 30
 * microseconds, as long as half of a small convolution.
 */
final class ParallelConvolution implements Primitive {

    private static final String NAME = "convolution_forward";
    private static final int FILTER = 1;

    private final ConvolutionShape shape;
    private final List<ConvolutionPart> parts;
    private final ParallelSequences parallel;
    private final ParallelSequences prepared;
    private final List<OneDnnSequence> sequences;
    /** Whether all parts read all filters, so that one arranged copy serves them. */
    private final boolean sameFilters;

    /** @param maker makes the convolution of a part, for one thread */
    ParallelConvolution(
            CpuDevice device,
            ConvolutionShape shape,
            List<ConvolutionPart> parts,
            Function<ConvolutionPart, OneDnnSequence> maker) {
        this.shape = shape;
        this.parts = parts;
        this.sequences = parts.stream().map(maker).toList();
        this.parallel = new ParallelSequences(device, NAME, sequences);
        this.prepared = parallel.withPreparation();
        this.sameFilters = parts.get(0).hasAllChannels(shape);
    }

    /** Whether parts that share their filters also want them in the same layout. */
    boolean isUsable() {
        return !sameFilters || sequences.stream().allMatch(sequence -> sequence.preparesLike(sequences.get(0)));
    }

    @Override
    public long workspaceBytes() {
        return parallel.workspaceBytes();
    }

    @Override
    public long preparedBytes() {
        return sameFilters
                ? sequences.get(0).preparedBytes()
                : sequences.stream()
                        .mapToLong(sequence -> Memory.aligned(sequence.preparedBytes()))
                        .sum();
    }

    @Override
    public long preparedWorkspaceBytes() {
        return prepared.workspaceBytes();
    }

    /** The arranged filters of a part. */
    private Memory prepared(Memory all, int index) {
        long start = 0;
        for (int i = 0; i < index && !sameFilters; i++) {
            start += Memory.aligned(sequences.get(i).preparedBytes());
        }
        return all.slice(start, sequences.get(index).preparedBytes());
    }

    private Memory[] part(int index, Memory[] arguments) {
        return parts.get(index).of(shape, arguments);
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        List<Memory> used = new ArrayList<>(List.of(arguments));
        used.add(workspace);
        return parallel.lanes(workspace, used, (i, slice) -> sequences.get(i).bind(slice, part(i, arguments)));
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        return new CommandSequence(
                NAME,
                this.prepared.commands(
                        sameFilters ? 1 : parts.size(),
                        workspace,
                        (i, slice) ->
                                sequences.get(i).bindPreparation(slice, prepared(prepared, i), part(i, arguments))));
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
        sequences.get(0).requireCount(arguments);
        List<Memory> used = new ArrayList<>(List.of(arguments));
        used.remove(FILTER);
        used.add(workspace);
        used.add(prepared);
        return this.prepared.lanes(
                workspace,
                used,
                (i, slice) -> sequences.get(i).bindPrepared(slice, prepared(prepared, i), part(i, arguments)));
    }
}
