package tandem.engine.cpu;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import tandem.engine.Command;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;

/** A conversion to bytes, of which each thread of the device does a part; see {@link ParallelConvolution}. */
final class ParallelConversion implements Primitive {

    /** Parts begin at a multiple of so many elements: vectors of bytes. */
    private static final long BLOCK = 64;

    private final long elements;
    private final ParallelSequences parallel;

    /** @param part makes the conversion of so many elements, for one thread */
    ParallelConversion(CpuDevice device, long elements, int parts, LongFunction<OneDnnSequence> part) {
        this.elements = elements;
        this.parallel = new ParallelSequences(
                device,
                "quantize",
                IntStream.range(0, parts)
                        .mapToObj(i -> part.apply(first(i + 1, parts) - first(i, parts)))
                        .toList());
    }

    private long first(int part, int parts) {
        return part == parts ? elements : elements * part / parts / BLOCK * BLOCK;
    }

    @Override
    public long workspaceBytes() {
        return parallel.workspaceBytes();
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        List<OneDnnSequence> parts = parallel.list();
        parts.get(0).requireCount(arguments);
        return parallel.lanes(workspace, List.of(arguments[0], arguments[1], workspace), (i, slice) -> {
            long first = first(i, parts.size());
            long count = first(i + 1, parts.size()) - first;
            return parts.get(i)
                    .bind(
                            slice,
                            arguments[0].slice(Float.BYTES * first, Float.BYTES * count),
                            arguments[1].slice(first, count));
        });
    }
}
