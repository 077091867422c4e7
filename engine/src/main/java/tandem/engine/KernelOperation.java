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

    /** {@code grid} is computed when the operation is bound, so that making a graph reads no PTX. */
    private record Launch(KernelEntry kernel, Supplier<Grid> grid, Object[] arguments) {}

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

    /**
     * Reserves scratch bytes, aligned to 256, that only this operation uses while it runs; their content is undefined
     * at first.
     */
    public Scratch scratch(long bytes) {
        Scratch range = new Scratch(scratchBytes, bytes);
        scratchBytes = Memory.aligned(scratchBytes + bytes);
        return range;
    }

    /** Adds a kernel launch with a thread for each of {@code threads} elements, in blocks of the kernel's size. */
    public KernelOperation launch(String entry, long threads, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return launch(kernel, () -> kernel.elements(threads), arguments);
    }

    /** Adds a kernel launch of {@code blocks} blocks of the kernel's size. */
    public KernelOperation launchBlocks(String entry, int blocks, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return launch(kernel, () -> kernel.blocks(blocks), arguments);
    }

    private KernelOperation launch(KernelEntry kernel, Supplier<Grid> grid, Object... arguments) {
        Object[] flat = KernelArguments.flatten(arguments);
        for (Object argument : flat) {
            if (argument instanceof Tensor tensor) {
                requireListed(tensor, kernel.entry());
            }
        }
        launches.add(new Launch(kernel, grid, flat));
        return this;
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
                for (Launch launch : launches) {
                    Object[] bound = launch.arguments().clone();
                    for (int i = 0; i < bound.length; i++) {
                        if (bound[i] instanceof Tensor tensor) {
                            bound[i] = binding.of(tensor);
                        } else if (bound[i] instanceof Scratch range) {
                            bound[i] = workspace.slice(range.offset(), range.bytes());
                        }
                    }
                    commands.add(device.launch(launch.kernel(), launch.grid().get(), bound));
                }
                return commands;
            }
        };
    }
}
