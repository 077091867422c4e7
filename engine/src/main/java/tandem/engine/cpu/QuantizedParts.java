package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Dnn.QuantizedShape;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;

/**
 * A convolution on bytes. Parts of the output are computed at the same time, each by one of the device's own threads,
 * see {@link ParallelConvolution}; a single part by the threads of oneDNN. They share the prepared filters.
 */
final class QuantizedParts implements Primitive {

    private static final String NAME = "quantized_convolution";

    /** Arguments of the whole, see {@link tandem.engine.Dnn#quantizedConvolution}. */
    private static final int X = 0;

    private static final int FILTER = 1;
    private static final int SCALE = 2;
    private static final int BIAS = 3;
    private static final int RESIDUAL = 4;
    private static final int Y = 5;
    private static final int COUNT = 6;

    private final ConvolutionShape sizes;
    private final int outputBytes;
    private final int residualBytes;
    private final List<ConvolutionPart> parts;
    private final ParallelSequences parallel;
    private final List<OneDnnSequence> sequences;
    private final OneDnnSequence preparation;
    private final long filterBytes;
    private final long correctionBytes;

    /**
     * @param correctionBytes of the correction, 0 without one
     * @param part makes a part
     * @param preparation makes the preparation of filters in a layout
     */
    QuantizedParts(
            CpuDevice device,
            QuantizedShape shape,
            long correctionBytes,
            List<ConvolutionPart> parts,
            Function<ConvolutionPart, OneDnnSequence> part,
            Function<dnnl_memory_desc, OneDnnSequence> preparation) {
        this.sizes = shape.sizes();
        this.outputBytes = shape.output().isPresent() ? 1 : Float.BYTES;
        this.residualBytes = shape.residualBytes().isPresent() ? 1 : Float.BYTES;
        this.parts = parts;
        this.sequences = parts.stream().map(part).toList();
        this.parallel = new ParallelSequences(device, NAME, sequences);
        dnnl_memory_desc filter = filter(sequences.get(0));
        this.preparation = preparation.apply(filter);
        this.filterBytes = OneDnn.bytes(filter);
        this.correctionBytes = correctionBytes;
    }

    private static dnnl_memory_desc filter(OneDnnSequence sequence) {
        return sequence.layout(OneDnnQuantized.PART_FILTER);
    }

    /** Whether all parts require the same layout of the filters. */
    boolean isUsable() {
        return sequences.stream()
                .allMatch(sequence -> dnnl.dnnl_memory_desc_equal(filter(sequence), filter(sequences.get(0))) != 0);
    }

    @Override
    public long preparedBytes() {
        return Memory.aligned(filterBytes) + correctionBytes;
    }

    @Override
    public long workspaceBytes() {
        return Memory.aligned(preparedBytes()) + preparedWorkspaceBytes();
    }

    @Override
    public long preparedWorkspaceBytes() {
        return Math.max(parallel.workspaceBytes(), preparation.workspaceBytes());
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        Memory prepared = workspace.slice(0, preparedBytes());
        long used = Memory.aligned(preparedBytes());
        Memory rest = workspace.slice(used, workspace.bytes() - used);
        Command first = bindPreparation(rest, prepared, arguments);
        try {
            return new CommandSequence(NAME, List.of(first, bindPrepared(rest, prepared, arguments)));
        } catch (RuntimeException | Error problem) {
            first.close();
            throw problem;
        }
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
        requireCount(arguments);
        return preparation.bind(workspace, arguments[FILTER], arguments[SCALE], filter(prepared), correction(prepared));
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
        requireCount(arguments);
        if (parts.size() == 1) {
            return bind(0, workspace, prepared, arguments);
        }
        List<Memory> used = new ArrayList<>(List.of(arguments));
        used.remove(FILTER);
        used.add(workspace);
        used.add(prepared);
        return parallel.lanes(workspace, used, (i, slice) -> bind(i, slice, prepared, arguments));
    }

    private Command bind(int index, Memory workspace, Memory prepared, Memory[] arguments) {
        ConvolutionPart part = parts.get(index);
        Memory correction = correction(prepared);
        Memory residual = arguments[RESIDUAL];
        return sequences
                .get(index)
                .bind(
                        workspace,
                        part.input(sizes, arguments[X], 1),
                        filter(prepared),
                        arguments[SCALE],
                        arguments[BIAS],
                        residual.bytes() == 0 ? Memory.NONE : part.output(sizes, residual, residualBytes),
                        correction.bytes() == 0 ? Memory.NONE : part.output(sizes, correction, Float.BYTES),
                        part.output(sizes, arguments[Y], outputBytes));
    }

    private Memory filter(Memory prepared) {
        return prepared.slice(0, filterBytes);
    }

    private Memory correction(Memory prepared) {
        return correctionBytes == 0 ? Memory.NONE : prepared.slice(Memory.aligned(filterBytes), correctionBytes);
    }

    private static void requireCount(Memory[] arguments) {
        if (arguments.length != COUNT) {
            throw new IllegalArgumentException(NAME + " takes " + COUNT + " arguments, not " + arguments.length);
        }
    }
}
