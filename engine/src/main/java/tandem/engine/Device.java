package tandem.engine;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/**
 * A machine that runs commands. Everything that allocates, compiles or chooses happens when a command is made; running
 * one allocates nothing.
 *
 * <p>Several threads may use a device; {@link #lock} gives it to one at a time, and the others wait. {@link #close}
 * waits for the call that is running; after it, every method but {@code close} throws {@link IllegalStateException},
 * also in threads that were waiting.
 */
public interface Device extends AutoCloseable {

    /** One line that describes the device, such as {@code cpu (AMD EPYC, 2 threads, oneDNN 3.11)}. */
    String description();

    /** Its lock, to keep other threads away during several calls. */
    DeviceLock lock();

    /**
     * Zeroed memory, aligned to 256 bytes.
     *
     * @param purpose what it is for, named in the census and in out-of-memory errors
     */
    Buffer allocate(long bytes, String purpose);

    /**
     * Copies {@code source}'s remaining bytes to the start of {@code destination}; seen by every later command. The
     * position stays.
     */
    void upload(ByteBuffer source, Memory destination);

    /**
     * Waits for earlier commands, then copies the start of {@code source} into {@code destination}'s remaining bytes.
     * The position stays.
     */
    void download(Memory source, ByteBuffer destination);

    /**
     * A kernel launch.
     *
     * @param arguments in the order of the PTX entry's parameters: {@link Memory}, {@link Integer}, {@link Long},
     *     {@link Float} or {@link KernelArguments}
     * @param grid blocks of the kernel's size, see {@link KernelEntry#blocks} and {@link KernelEntry#elements}
     * @throws IllegalArgumentException when count, size or kind differ from the entry's {@code .param} list, or the
     *     block size from its {@code .maxntid}; names the kernel
     */
    Command launch(KernelEntry kernel, Grid grid, Object... arguments);

    /** Sets every byte of {@code memory} to zero. */
    Command clear(Memory memory);

    /** Copies {@code source} to {@code destination}, both of the same length and not overlapping. */
    Command copy(Memory source, Memory destination);

    /** Times {@code pieces} consecutive pieces of work. */
    default Stopwatch stopwatch(int pieces) {
        return Stopwatch.ofHost(this, pieces);
    }

    /**
     * Begins to prepare, in other threads, what programs will need, while the caller reads their weights: libraries,
     * and these kernels. Without effect on results, and where there is nothing to gain; an error is reported by the
     * first use instead.
     *
     * @param kernels computes the kernels, in another thread
     */
    default void prepareEarly(Supplier<? extends Collection<KernelEntry>> kernels) {}

    /**
     * Whether frozen programs may store filters in a layout of their own, so that the variables need no memory after
     * that; see {@link Program#releasing}.
     */
    default boolean preparesFilters() {
        return false;
    }

    /** A remark on storing activations in that type on this device, in one line; empty for none. */
    default Optional<String> note(DataType storage) {
        return Optional.empty();
    }

    /** Convolution, batch normalization, pooling and matrix products. */
    Dnn dnn();

    /**
     * How the algorithms of convolutions are chosen, and the choices so far; without choices where a device keeps none.
     */
    default ConvolutionChoices convolutionChoices() {
        return ConvolutionChoices.FIXED;
    }

    /**
     * From now on chooses the algorithms of convolutions as the device did that had these choices; those of another
     * machine are without effect. Does nothing where a device keeps no choices.
     */
    default void repeatConvolutionChoices(ConvolutionChoices earlier) {}

    /**
     * Gives memory that was freed, but that the allocator of the process keeps, back to the operating system, where
     * there is a way to. It takes some milliseconds: for the end of work that frees much, such as loading a network.
     */
    default void returnFreedMemory() {}

    /** Makes a list of commands replayable as one. */
    Recording record(List<Command> commands);

    /** Waits until every command given so far has finished. */
    void synchronize();

    @Override
    void close();
}
