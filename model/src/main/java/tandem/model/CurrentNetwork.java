package tandem.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tandem.engine.Device;
import tandem.engine.Resources;
import tandem.engine.cpu.CpuDevice;
import tandem.model.FrameNotInspectedException.Late;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.PixelSize;
import tandem.model.inference.Inspection;
import tandem.model.inference.Tiling;

/** The network that an inspector uses now, and its execution contexts. Exchanges them between two frames. */
final class CurrentNetwork implements AutoCloseable {

    private static final int WARM_UP_RUNS = 20;
    /** In contexts after the first, whose code is compiled by then. */
    private static final int MORE_WARM_UP_RUNS = 3;

    private final List<Device> devices;
    private final Resources ownDevices;
    private final ReentrantLock changes = new ReentrantLock();
    private final ContextPool pool;
    private final Inspection blankResult = new Inspection();
    private ByteBuffer blankPixels = ByteBuffer.allocateDirect(0);
    private volatile InspectorOptions options;
    private volatile LoadedNetwork network;
    private volatile PixelSize largest;
    private volatile boolean warm;
    private volatile boolean closed;

    private CurrentNetwork(
            LoadedNetwork network, List<Device> devices, Resources ownDevices, InspectorOptions options) {
        this.network = network;
        this.devices = devices;
        this.ownDevices = ownDevices;
        this.options = options;
        pool = new ContextPool(network.contexts(options));
    }

    /** Loads a checkpoint on the CPU: a device for each context, which share the cores. */
    static CurrentNetwork load(Path checkpoint, InspectorOptions options) throws IOException {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(options, "options");
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / options.contexts());
        Resources owned = new Resources();
        try {
            List<Device> devices = new ArrayList<>();
            for (int i = 0; i < options.contexts(); i++) {
                devices.add(owned.add(new CpuDevice(CpuDevice.Options.standard().withThreads(threads))));
            }
            return load(checkpoint, devices, owned, options);
        } catch (IOException | RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    /** Loads a checkpoint on a device, which must stay open. */
    static CurrentNetwork load(Path checkpoint, Device device, InspectorOptions options) throws IOException {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(options, "options");
        return load(checkpoint, List.of(device), new Resources(), options);
    }

    private static CurrentNetwork load(Path checkpoint, List<Device> devices, Resources owned, InspectorOptions options)
            throws IOException {
        LoadedNetwork network = new LoadedNetwork(checkpoint, devices, options);
        try {
            return new CurrentNetwork(network, devices, owned, options);
        } catch (RuntimeException | Error problem) {
            network.close();
            throw problem;
        }
    }

    LoadedNetwork network() {
        return network;
    }

    InspectorOptions options() {
        return options;
    }

    /** Whether {@link #warmUp} was called and no frame since needed more memory. */
    boolean isWarm() {
        return warm;
    }

    /** See {@link Inspector#tiled}. */
    void tiled(Tiling tiling, int batch) {
        changes.lock();
        try {
            requireOpen();
            InspectorOptions next =
                    options.with(change -> change.tiling(Optional.of(tiling)).tileBatch(batch));
            exchange(network.contexts(next));
            options = next;
            warm = false;
        } finally {
            changes.unlock();
        }
    }

    /** See {@link Inspector#replace}. */
    void replace(Path checkpoint) throws IOException {
        changes.lock();
        try {
            requireOpen();
            LoadedNetwork next = new LoadedNetwork(checkpoint, devices, options);
            LoadedNetwork before = network;
            try {
                exchange(warmContexts(next));
            } catch (RuntimeException | Error problem) {
                next.close();
                throw problem;
            }
            network = next;
            before.close();
        } finally {
            changes.unlock();
        }
    }

    /** Contexts with memory for the largest frames so far. */
    private List<ExecutionContext> warmContexts(LoadedNetwork next) {
        List<ExecutionContext> contexts = next.contexts(options);
        PixelSize size = largest;
        try {
            if (size != null) {
                contexts.forEach(context -> warm(context, PixelFormat.GRAY, size, MORE_WARM_UP_RUNS));
            }
            return contexts;
        } catch (RuntimeException | Error problem) {
            contexts.forEach(ExecutionContext::close);
            throw problem;
        }
    }

    private void exchange(List<ExecutionContext> next) {
        List<ExecutionContext> before;
        try {
            before = pool.takeAll();
        } catch (InspectorClosedException problem) {
            next.forEach(ExecutionContext::close);
            throw problem;
        }
        pool.giveAll(next);
        before.forEach(ExecutionContext::close);
    }

    /** Runs blank frames in all contexts: allocates their memory, and lets code be compiled. */
    void warmUp(PixelFormat format, PixelSize size) {
        List<ExecutionContext> contexts = pool.takeAll();
        try {
            int runs = WARM_UP_RUNS;
            for (ExecutionContext context : contexts) {
                warm(context, format, size, runs);
                runs = MORE_WARM_UP_RUNS;
            }
            largest = size;
        } finally {
            pool.giveAll(contexts);
        }
        warm = true;
    }

    private static void warm(ExecutionContext context, PixelFormat format, PixelSize size, int runs) {
        try {
            int row = size.width() * format.bytes();
            ByteBuffer blank = ByteBuffer.allocateDirect(Math.multiplyExact(row, size.height()));
            Inspection result = new Inspection();
            for (int i = 0; i < runs; i++) {
                context.input(blank, format, size.width(), size.height(), row).run(result);
            }
        } catch (OutOfMemoryError problem) {
            throw ExecutionContext.tooLarge(size.width(), size.height(), problem);
        }
    }

    /** Runs a blank frame of the largest size so far if a context is free. Only in the thread of {@link KeepWarm}. */
    void runBlank() {
        PixelSize size = largest;
        ExecutionContext context = size == null ? null : pool.takeIfIdle();
        if (context == null) {
            return;
        }
        try {
            int pixels = size.width() * size.height();
            if (blankPixels.capacity() < pixels) {
                blankPixels = ByteBuffer.allocateDirect(pixels);
            }
            context.input(blankPixels, PixelFormat.GRAY, size.width(), size.height(), size.width())
                    .run(blankResult);
        } finally {
            pool.give(context);
        }
    }

    /**
     * Waits for a context; to be given back.
     *
     * @throws Late when the deadline passes before
     * @throws InspectorClosedException after {@link #close}
     */
    ExecutionContext take(long deadline) {
        return pool.take(deadline);
    }

    /**
     * Takes a context back.
     *
     * @param allocations what it had before the frame; more now means that the frame was larger than those before
     */
    void give(ExecutionContext context, int allocations) {
        if (context.allocations() != allocations) {
            warm = false;
            largest = new PixelSize(context.width(), context.height());
        }
        pool.give(context);
    }

    void requireOpen() {
        if (closed) {
            throw new InspectorClosedException();
        }
    }

    /** Refuses calls from now on; those before still end. */
    void refuse() {
        closed = true;
    }

    /** Waits for the frames in work, and frees everything; a second call does nothing. */
    @Override
    public void close() {
        refuse();
        changes.lock();
        try {
            pool.close().forEach(ExecutionContext::close);
            network.close();
            ownDevices.close();
        } finally {
            changes.unlock();
        }
    }
}
