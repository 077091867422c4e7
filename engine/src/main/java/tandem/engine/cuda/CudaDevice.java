package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tandem.engine.Activation;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.ConvolutionKind;
import tandem.engine.Device;
import tandem.engine.DeviceLock;
import tandem.engine.Dnn;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.Stopwatch;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.LockedDnn;
import tandem.engine.memory.Transfers;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/**
 * An NVIDIA GPU. Commands go onto one stream and the host does not wait for them; {@link #synchronize} and
 * {@link #download} do. Closing the device frees everything that is still open.
 */
public final class CudaDevice implements Device {

    /**
     * How to run.
     *
     * @param memoryLimit maximum number of bytes of device memory to allocate at one time
     * @param workspaceLimit maximum number of bytes of scratch memory for a convolution
     * @param tensorFloat32 whether convolutions and products may round their factors to TF32 (10 bits of mantissa)
     * @param deterministic whether only algorithms are chosen that give the same bits in every run
     * @param cublas whether cuBLAS is used where it is there
     * @param graphApi whether convolutions may use cuDNN's graph API where it is there
     * @param graphs whether recordings are CUDA graphs
     * @param stagingSlots page-locked slots of 2 MiB for uploads, at least 2
     */
    public record Options(
            long memoryLimit,
            long workspaceLimit,
            boolean tensorFloat32,
            boolean deterministic,
            boolean cublas,
            boolean graphApi,
            boolean graphs,
            int stagingSlots) {

        /** Rejects limits below zero and fewer than two slots. */
        public Options {
            if (memoryLimit < 1 || workspaceLimit < 0 || stagingSlots < 2) {
                throw new IllegalArgumentException("memory limit " + memoryLimit + ", workspace limit " + workspaceLimit
                        + ", staging slots " + stagingSlots + ": expected at least 1, 0 and 2");
            }
        }

        /** No memory limit, 256 MiB of workspace, TF32, deterministic, cuBLAS, the graph API, graphs, 16 slots. */
        public static Options standard() {
            return new Options(Long.MAX_VALUE, 256L << 20, true, true, true, true, true, 16);
        }

        /** The same with another memory limit. */
        public Options withMemoryLimit(long bytes) {
            return new Options(
                    bytes, workspaceLimit, tensorFloat32, deterministic, cublas, graphApi, graphs, stagingSlots);
        }

        /** The same with another workspace limit. */
        public Options withWorkspaceLimit(long bytes) {
            return new Options(
                    memoryLimit, bytes, tensorFloat32, deterministic, cublas, graphApi, graphs, stagingSlots);
        }

        /** The same with TF32 on or off. */
        public Options withTensorFloat32(boolean on) {
            return new Options(memoryLimit, workspaceLimit, on, deterministic, cublas, graphApi, graphs, stagingSlots);
        }

        /** The same with deterministic algorithms only, or any. */
        public Options withDeterministic(boolean on) {
            return new Options(memoryLimit, workspaceLimit, tensorFloat32, on, cublas, graphApi, graphs, stagingSlots);
        }

        /** The same with or without cuBLAS. */
        public Options withCublas(boolean on) {
            return new Options(
                    memoryLimit, workspaceLimit, tensorFloat32, deterministic, on, graphApi, graphs, stagingSlots);
        }

        /** The same with or without cuDNN's graph API. */
        public Options withGraphApi(boolean on) {
            return new Options(
                    memoryLimit, workspaceLimit, tensorFloat32, deterministic, cublas, on, graphs, stagingSlots);
        }

        /** The same with graphs on or off. */
        public Options withGraphs(boolean on) {
            return new Options(
                    memoryLimit, workspaceLimit, tensorFloat32, deterministic, cublas, graphApi, on, stagingSlots);
        }

        /** The same with another number of slots. */
        public Options withStagingSlots(int count) {
            return new Options(
                    memoryLimit, workspaceLimit, tensorFloat32, deterministic, cublas, graphApi, graphs, count);
        }
    }

    private final Options options;
    private final CudaProbe probe;
    private final DeviceLock lock = new DeviceLock("cuda device");
    private final CudaContext context;
    private final Allocations allocations;
    private final CudaModules modules;
    private final List<CudaRecording> recordings = new ArrayList<>();
    private final KernelLaunches launches;
    private Staging staging;
    private CudaDnn library;
    private Dnn dnn;

    private CudaDevice(CudaProbe probe, CudaProbe.Gpu gpu, Options options) {
        this.probe = probe;
        this.options = options;
        this.context = new CudaContext(gpu);
        this.allocations = new Allocations(new DeviceMemory(context, options.memoryLimit()), lock);
        this.modules = new CudaModules(context);
        this.launches = new KernelLaunches(context, allocations, modules);
    }

    /**
     * Opens a GPU by its number.
     *
     * @throws CudaUnavailableException when something is missing or there is no such GPU; one line states what is
     *     missing and how to get it
     */
    public static CudaDevice open(int number, Options options) {
        CudaProbe probe = CudaProbe.run();
        if (!probe.usable()) {
            throw new CudaUnavailableException(probe.problem().orElseThrow());
        }
        CudaProbe.Gpu gpu = probe.gpus().stream()
                .filter(one -> one.number() == number)
                .findFirst()
                .orElseThrow(() -> new CudaUnavailableException("there is no cuda:" + number
                        + "; the driver shows cuda:0 to cuda:" + (probe.gpus().size() - 1)));
        if (gpu.architecture() < 75) {
            throw new CudaUnavailableException("cuda:" + number + " (" + gpu.name() + ") has compute capability "
                    + gpu.architecture() / 10 + "." + gpu.architecture() % 10 + "; 7.5 or higher is needed");
        }
        CudaDevice device = new CudaDevice(probe, gpu, options);
        try {
            device.staging = new Staging(device.context, device.allocations, options.stagingSlots());
            return device;
        } catch (RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    /** What it was opened with. */
    public Options options() {
        return options;
    }

    /** The GPU. */
    public CudaProbe.Gpu gpu() {
        return context.gpu();
    }

    @Override
    public String description() {
        CudaProbe.Gpu gpu = gpu();
        String libraries = probe.findings().stream()
                .filter(CudaProbe.Finding::found)
                .map(CudaProbe.Finding::text)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        return "cuda:" + gpu.number() + " (" + gpu.name() + ", sm_" + gpu.architecture() + ", " + (gpu.bytes() >> 20)
                + " MiB; " + libraries + ")";
    }

    @Override
    public DeviceLock lock() {
        return lock;
    }

    /** The result of {@code work}, done with the lock and with the context current. */
    private <T> T call(Supplier<T> work) {
        return lock.call(() -> {
            context.enter();
            return work.get();
        });
    }

    @Override
    public Buffer allocate(long bytes, String purpose) {
        return call(() -> allocations.buffer(bytes, purpose));
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
            context.enter();
            Transfers.requireUpload(source, destination, allocations);
            if (source.hasRemaining()) {
                staging.upload(source, destination);
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public void download(Memory source, ByteBuffer destination) {
        lock.enter();
        try {
            context.enter();
            Transfers.requireDownload(source, destination, allocations);
            if (destination.hasRemaining()) {
                staging.download(source, destination);
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public Command launch(KernelEntry kernel, Grid grid, Object... arguments) {
        return call(() -> launches.launch(kernel, grid, arguments));
    }

    @Override
    public Command clear(Memory target) {
        return call(() -> CudaCopy.clear(context, allocations, target));
    }

    @Override
    public Command copy(Memory source, Memory destination) {
        return call(() -> CudaCopy.of(context, allocations, source, destination));
    }

    @Override
    public Stopwatch stopwatch(int pieces) {
        return call(() -> new CudaStopwatch(context, lock, pieces));
    }

    /**
     * Measures every way to do a convolution that this device offers, for a report: the fastest first, those that do
     * not work last, with the reason. Stored choices are neither used nor changed.
     *
     * @param bias whether a forward convolution adds a bias
     * @param residual whether a forward convolution adds an image
     * @param activation of a forward convolution
     */
    public List<ConvolutionTiming> compareConvolution(
            Dnn.ConvolutionShape shape, ConvolutionKind kind, boolean bias, boolean residual, Activation activation) {
        return call(() -> library().compare(shape, kind, bias, residual, activation));
    }

    @Override
    public Dnn dnn() {
        return call(() -> {
            library();
            return dnn;
        });
    }

    private CudaDnn library() {
        if (library == null) {
            library = new CudaDnn(
                    context,
                    allocations,
                    launches,
                    options,
                    probe.cublas() && options.cublas(),
                    options.graphApi() ? NativeLibrary.graphProblem() : "the option is off");
            dnn = new LockedDnn(lock, library);
        }
        return library;
    }

    @Override
    public Recording record(List<Command> commands) {
        return call(() -> recording(commands));
    }

    private Recording recording(List<Command> commands) {
        CudaRecording recording = options.graphs()
                ? CudaRecording.capture(context, allocations, commands)
                : CudaRecording.list(context, allocations, commands);
        recordings.removeIf(CudaRecording::isClosed);
        recordings.add(recording);
        return recording;
    }

    @Override
    public void synchronize() {
        lock.enter();
        try {
            context.enter();
            context.synchronize();
        } finally {
            lock.exit();
        }
    }

    @Override
    public void close() {
        lock.enterToClose();
        try {
            if (lock.close()) {
                release();
            }
        } finally {
            lock.exit();
        }
    }

    private void release() {
        context.enterForClose();
        recordings.forEach(CudaRecording::close);
        if (staging != null) {
            staging.close();
        }
        if (library != null) {
            library.close();
        }
        allocations.freeAll();
        modules.unloadAll();
        context.close();
    }
}
