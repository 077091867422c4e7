package tandem.engine.cpu;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.ConvolutionChoices;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.DeviceLock;
import tandem.engine.Dnn;
import tandem.engine.LaunchArguments;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.LockedDnn;
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
     * @param convolutions how the algorithms of convolutions are chosen
     */
    public record Options(int threads, boolean checked, ConvolutionPolicy convolutions) {

        /** Rejects fewer than one thread. */
        public Options {
            if (threads < 1) {
                throw new IllegalArgumentException("a device needs at least 1 thread, not " + threads);
            }
        }

        /** All cores, unchecked, direct convolutions: the algorithms do not depend on the machine. */
        public static Options standard() {
            return new Options(Runtime.getRuntime().availableProcessors(), false, ConvolutionPolicy.DIRECT);
        }

        /** The same with checked mode on or off. */
        public Options withChecked(boolean on) {
            return new Options(threads, on, convolutions);
        }

        /** The same with another number of threads. */
        public Options withThreads(int count) {
            return new Options(count, checked, convolutions);
        }

        /** The same with another policy for convolutions. */
        public Options withConvolutions(ConvolutionPolicy policy) {
            return new Options(threads, checked, policy);
        }
    }

    private final Options options;
    private final DeviceLock lock = new DeviceLock("cpu device");
    private final Allocations allocations = new Allocations(new HostMemory(), lock);
    private final WorkerPool pool;
    private final CpuKernels kernels;
    private final AccessCount accesses = new AccessCount();
    private CpuDnn library;
    private Dnn dnn;

    /** A device on all cores. */
    public CpuDevice() {
        this(Options.standard());
    }

    /** A device with these options. */
    public CpuDevice(Options options) {
        this(options, CpuKernels.of(options.checked() ? Mode.CHECKED : Mode.FAST));
    }

    private CpuDevice(Options options, CpuKernels kernels) {
        this.options = options;
        this.pool = new WorkerPool(options.threads());
        this.kernels = kernels;
    }

    /** A second device with the same kernels, so that what it allocates does not count here. */
    CpuDevice forMeasuring(int threads) {
        return new CpuDevice(options.withThreads(threads).withConvolutions(ConvolutionPolicy.DIRECT), kernels);
    }

    /** States whether threads other than those of the device need the cores between the next commands. */
    void expect(boolean others) {
        pool.expect(others);
    }

    /** Whether launches may run in {@link #lanes}; those in checked mode count accesses on the calling thread. */
    boolean runsLanes() {
        return !options.checked();
    }

    /** Lists of commands that run at the same time, each on one thread. */
    Command lanes(String name, List<List<Command>> lanes, List<Memory> memories) {
        return new CpuLanes(name, allocations, pool, lanes, memories);
    }

    /** Whether each thread has a core to itself at this time. */
    boolean hasItsCores() {
        return lock.call(() -> new CoreProbe(pool).free());
    }

    /** A convolution with this algorithm. */
    Dnn.Primitive convolution(CpuConvolution convolution, ConvolutionAlgorithm algorithm) {
        return lock.call(() -> {
            lockedDnn();
            return library.convolutions().make(convolution, algorithm);
        });
    }

    @Override
    public ConvolutionChoices convolutionChoices() {
        return lock.call(() -> {
            lockedDnn();
            return library.convolutions().choices();
        });
    }

    @Override
    public void repeatConvolutionChoices(ConvolutionChoices earlier) {
        lock.enter();
        try {
            lockedDnn();
            library.convolutions().repeat(earlier);
        } finally {
            lock.exit();
        }
    }

    /** The algorithms that were chosen by measurement so far, with their times. */
    public List<ConvolutionTime> convolutionTimes() {
        return lock.call(
                () -> library == null ? List.of() : library.convolutions().times());
    }

    /** What earlier devices with as many threads stored on this machine; empty unless algorithms are measured. */
    public List<ConvolutionTime> storedConvolutionTimes() {
        return lock.call(() -> {
            lockedDnn();
            return library.convolutions().stored();
        });
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
    public DeviceLock lock() {
        return lock;
    }

    @Override
    public boolean preparesFilters() {
        return true;
    }

    @Override
    public void prepareEarly(Supplier<? extends Collection<KernelEntry>> wanted) {
        EarlyPreparation.start(
                () -> OneDnn.load(options.threads()), () -> wanted.get().forEach(kernels::find));
    }

    @Override
    public Buffer allocate(long bytes, String purpose) {
        return lock.call(() -> allocations.buffer(bytes, purpose));
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
        lock.enter();
        try {
            Transfers.requireUpload(source, destination, allocations);
            if (source.hasRemaining()) {
                NativeMemory.write(source, destination);
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public void download(Memory source, ByteBuffer destination) {
        lock.enter();
        try {
            Transfers.requireDownload(source, destination, allocations);
            if (destination.hasRemaining()) {
                NativeMemory.read(source, destination);
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public Command launch(KernelEntry kernel, Grid grid, Object... arguments) {
        return lock.call(() -> command(kernel, grid, arguments));
    }

    private Command command(KernelEntry kernel, Grid grid, Object[] arguments) {
        kernel.requireBlock(grid);
        HostKernel translated = kernels.find(kernel);
        LaunchArguments packed = new LaunchArguments(translated.entry(), arguments);
        return options.checked()
                ? new CpuCheckedLaunch(allocations, translated, grid, packed, accesses)
                : new CpuLaunch(allocations, pool, translated, grid, packed);
    }

    @Override
    public Command clear(Memory memory) {
        return lock.call(() -> CpuCopy.clear(allocations, pool, memory));
    }

    @Override
    public Command copy(Memory source, Memory destination) {
        return lock.call(() -> new CpuCopy(allocations, pool, source, destination));
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
        return lock.call(this::lockedDnn);
    }

    private Dnn lockedDnn() {
        if (dnn == null) {
            library = new CpuDnn(this, allocations, pool.threads(), options.convolutions());
            dnn = new LockedDnn(lock, library);
        }
        return dnn;
    }

    @Override
    public void returnFreedMemory() {
        lock.enter();
        try {
            if (library != null) {
                FreedMemory.release();
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public Recording record(List<Command> commands) {
        return lock.call(() -> {
            if (library != null) {
                library.convolutions().saveChoices();
            }
            return new CpuRecording(lock, pool, commands);
        });
    }

    /** Waits for other threads only: every command has finished when its {@code run} returns. */
    @Override
    public void synchronize() {
        lock.enter();
        lock.exit();
    }

    @Override
    public void close() {
        lock.enterToClose();
        try {
            if (lock.close()) {
                pool.close();
                if (library != null) {
                    library.close();
                }
                allocations.freeAll();
            }
        } finally {
            lock.exit();
        }
    }
}
