package tandem.engine.cpu;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Dnn;
import tandem.engine.LaunchArguments;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.Transfers;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.AccessCount;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;

/**
 * The device without a GPU. Commands run on the calling thread and finish before they return; large ones share their
 * blocks with worker threads. Closing the device frees every buffer, kernel and library handle that is still open.
 */
public final class CpuDevice implements Device {

    /**
     * How to run.
     *
     * @param threads threads that work at once, the caller among them; at least 1
     * @param checked whether kernels run in the translator's checked mode: slow, but every wrong access is an error
     */
    public record Options(int threads, boolean checked) {

        /** Rejects fewer than one thread. */
        public Options {
            if (threads < 1) {
                throw new IllegalArgumentException("a device needs at least 1 thread, not " + threads);
            }
        }

        /** All cores, unchecked. */
        public static Options standard() {
            return new Options(Runtime.getRuntime().availableProcessors(), false);
        }

        /** The same with checked mode on or off. */
        public Options withChecked(boolean on) {
            return new Options(threads, on);
        }

        /** The same with another number of threads. */
        public Options withThreads(int count) {
            return new Options(count, checked);
        }
    }

    private final Options options;
    private final Allocations allocations = new Allocations(new HostMemory());
    private final WorkerPool pool;
    private final CpuKernels kernels;
    private final AccessCount accesses = new AccessCount();
    private CpuDnn dnn;
    private boolean closed;

    /** A device on all cores. */
    public CpuDevice() {
        this(Options.standard());
    }

    /** A device with these options. */
    public CpuDevice(Options options) {
        this.options = options;
        this.pool = new WorkerPool(options.threads());
        this.kernels = new CpuKernels(options.checked() ? Mode.CHECKED : Mode.FAST);
    }

    /** Memory accesses of translated kernels so far; counted in checked mode only. */
    public AccessCount accesses() {
        return accesses;
    }

    @Override
    public String description() {
        return "cpu (" + Processor.name() + ", " + options.threads() + (options.threads() == 1 ? " thread" : " threads")
                + ", oneDNN " + OneDnn.version(options.threads()) + ")";
    }

    @Override
    public Buffer allocate(long bytes, String purpose) {
        requireOpen();
        return allocations.buffer(bytes, purpose);
    }

    /** Bytes allocated now, by purpose. */
    public Map<String, Long> census() {
        return allocations.census();
    }

    /** Maximum number of bytes that were allocated at one time. */
    public long peakBytes() {
        return allocations.peak();
    }

    @Override
    public void upload(ByteBuffer source, Memory destination) {
        requireOpen();
        Transfers.requireUpload(source, destination, allocations);
        if (source.hasRemaining()) {
            NativeMemory.write(source, destination.address());
        }
    }

    @Override
    public void download(Memory source, ByteBuffer destination) {
        requireOpen();
        Transfers.requireDownload(source, destination, allocations);
        if (destination.hasRemaining()) {
            NativeMemory.read(source.address(), destination);
        }
    }

    @Override
    public Command launch(KernelEntry kernel, Grid grid, Object... arguments) {
        requireOpen();
        kernel.requireBlock(grid);
        HostKernel translated = kernels.find(kernel);
        LaunchArguments packed = new LaunchArguments(translated.entry(), arguments);
        return options.checked()
                ? new CpuCheckedLaunch(allocations, translated, grid, packed, accesses)
                : new CpuLaunch(allocations, pool, translated, grid, packed);
    }

    @Override
    public Command clear(Memory memory) {
        requireOpen();
        return CpuCopy.clear(allocations, pool, memory);
    }

    @Override
    public Command copy(Memory source, Memory destination) {
        requireOpen();
        return new CpuCopy(allocations, pool, source, destination);
    }

    @Override
    public Optional<String> note(DataType storage) {
        return storage.half()
                ? Optional.of(
                        "the cpu computes " + storage.name().toLowerCase(Locale.ROOT)
                                + " by widening to float32 and rounding back: the same numbers as on a GPU, slower than float32")
                : Optional.empty();
    }

    @Override
    public Dnn dnn() {
        requireOpen();
        if (dnn == null) {
            dnn = new CpuDnn(this, allocations, options.threads());
        }
        return dnn;
    }

    @Override
    public Recording record(List<Command> commands) {
        requireOpen();
        return new CpuRecording(commands);
    }

    /** Does nothing: every command has finished when its {@code run} returns. */
    @Override
    public void synchronize() {
        requireOpen();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this cpu device is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.close();
            if (dnn != null) {
                dnn.close();
            }
            allocations.freeAll();
        }
    }
}
