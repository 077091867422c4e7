package tandem.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/**
 * An operation made of kernel launches. It is the way to put a kernel of the {@link Catalogue} into a graph:
 *
 * <pre>{@code
 * Tensor y = graph.activation("leaky_relu", x.shape());
 * KernelOperation.named("leaky_relu").reads(x).writes(y)
 *         .launch("leaky_relu_forward", x.elements(), x, y, slope, (int) x.elements())
 *         .gradient((g, dy, needed) -> ...)
 *         .appendTo(graph);
 * }</pre>
 *
 * Launch arguments are tensors of the operation, {@link #scratch} ranges, {@code Integer}, {@code Long} and
 * {@code Float}, and {@link KernelArguments} that hold such.
 */
public final class KernelOperation extends BuiltOperation<KernelOperation> {

    /** A range of the operation's scratch memory, as a launch argument. */
    public record Scratch(long offset, long bytes) {}

    /** {@code grid} is computed when the operation is bound, as it reads the block size from the PTX. */
    private record Launch(KernelEntry kernel, Supplier<Grid> grid, List<FlatArgument> arguments) {}

    private final List<Launch> launches = new ArrayList<>();
    private long scratchBytes;

    private KernelOperation(String name) {
        super(name);
    }

    /** An operation without launches yet, under the name that profiles show. */
    public static KernelOperation named(String name) {
        return new KernelOperation(name);
    }

    @Override
    KernelOperation self() {
        return this;
    }

    @Override
    boolean leavesOutNulls() {
        return false;
    }

    /**
     * Reserves scratch bytes, aligned to 256, that only this operation uses while it runs; their content is undefined
     * at first.
     */
    public Scratch scratch(long bytes) {
        Scratch range = new Scratch(scratchBytes, bytes);
        scratchBytes = Memory.aligned(scratchBytes + bytes);
        return range;
    }

    /**
     * Adds a kernel launch with a thread for each of {@code threads} elements, in blocks of the kernel's size.
     *
     * @param threads at least 0; one block for 0
     */
    public KernelOperation launch(String entry, long threads, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        if (threads < 0) {
            throw new IllegalArgumentException(
                    name() + ": a launch of kernel " + entry + " cannot have " + threads + " threads");
        }
        return launch(kernel, () -> kernel.elements(threads), arguments);
    }

    /**
     * Adds a kernel launch of {@code blocks} blocks of the kernel's size.
     *
     * @param blocks at least 1
     */
    public KernelOperation launchBlocks(String entry, int blocks, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        if (blocks < 1) {
            throw new IllegalArgumentException(
                    name() + ": a launch of kernel " + entry + " needs at least 1 block, not " + blocks);
        }
        return launch(kernel, () -> kernel.blocks(blocks), arguments);
    }

    private KernelOperation launch(KernelEntry kernel, Supplier<Grid> grid, Object... arguments) {
        List<FlatArgument> flat = FlatArgument.of(arguments);
        for (int i = 0; i < flat.size(); i++) {
            Object argument = flat.get(i).value();
            if (argument == null) {
                throw new IllegalArgumentException(
                        name() + ": argument " + flat.get(i).place(i) + " of kernel " + kernel.entry()
                                + " is null; pass Memory.NONE for memory that is not there");
            }
            if (argument instanceof Tensor tensor) {
                requireListed(tensor, kernel.entry());
            }
        }
        launches.add(new Launch(kernel, grid, flat));
        return this;
    }

    @Override
    public List<KernelEntry> kernels() {
        return launches.stream().map(Launch::kernel).toList();
    }

    @Override
    public Lowered lower(Device device) {
        return new Lowered() {
            @Override
            public long workspaceBytes() {
                return scratchBytes;
            }

            @Override
            public List<Command> bind(Binding binding, Memory workspace) {
                List<Command> commands = new ArrayList<>();
                Resources made = new Resources();
                try {
                    for (Launch launch : launches) {
                        Object[] bound = launch.arguments().stream()
                                .map(argument -> argument.with(place(argument.value(), binding, workspace)))
                                .toArray();
                        commands.add(made.add(
                                device.launch(launch.kernel(), launch.grid().get(), bound)));
                    }
                } catch (RuntimeException | Error problem) {
                    made.closeAfter(problem);
                    throw problem;
                }
                return commands;
            }
        };
    }

    private static Object place(Object argument, Binding binding, Memory workspace) {
        if (argument instanceof Tensor tensor) {
            return binding.of(tensor);
        }
        return argument instanceof Scratch range ? workspace.slice(range.offset(), range.bytes()) : argument;
    }
}
