package tandem.model;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.FrameNotInspectedException.Late;
import tandem.model.InspectorOptions.FrameFormat;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.PixelSize;
import tandem.model.inference.Inspection;
import tandem.model.inference.PartThresholds;
import tandem.model.inference.Tiling;
import tandem.model.monitor.DriftStatistic;
import tandem.model.monitor.InspectorMetrics;
import tandem.model.monitor.InspectorMetrics.Outcome;
import tandem.model.network.NetworkSettings;

/**
 * A trained network for single frames, for embedding in an application:
 *
 * <pre>{@code
 * try (Inspector inspector = Inspector.load(checkpoint, InspectorOptions.standard())) {
 *     inspector.warmUp(640, 480);
 *     Frame frame = Frame.of(buffer, PixelFormat.GRAY, 640, 480);
 *     Inspection found = new Inspection();
 *     while (camera.next(buffer)) {
 *         inspector.inspect(frame, found);
 *     }
 * }
 * }</pre>
 *
 * After {@link #warmUp} for a frame size, inspecting a byte buffer of that size with an existing {@link Inspection}
 * allocates nothing.
 *
 * <p><b>In the caller's thread</b>: {@code inspect}. Several threads may share an inspector, each with an
 * {@code Inspection} of its own: frames begin in the order of the calls, as many at a time as there are
 * {@linkplain InspectorOptions#contexts contexts}. Several contexts, and several inspectors, on one device prepare
 * their frames at the same time and take turns on the device.
 *
 * <p><b>In the background</b>: {@link #submit} puts a frame into a bounded queue. Frames begin in the order in which
 * they were submitted; with one context they also end in that order, with several a later frame may end first. A future
 * completes only when the inspector no longer uses frame and result, whatever the outcome, so the buffer can then be
 * filled again; it can be neither canceled nor completed by others, {@code orTimeout} included. What depends on a
 * future runs in the inspector's thread and delays the next frame.
 *
 * <p>{@link #close} waits for the frames whose calls came before it; later calls throw
 * {@link InspectorClosedException}. A frame that fails, such as one that is too large for the memory, leaves the
 * inspector usable; the next frame allocates what the failed one released.
 *
 * <p>A frame with more pixels than the network's limit is downscaled by {@link tandem.model.image.Downscale}, as in
 * training; boxes and mask are in pixels of the frame, or of its region.
 */
public final class Inspector implements AutoCloseable {

    /** The pixel format of a frame. */
    public enum PixelFormat {
        /** One byte per pixel. */
        GRAY(1),
        /** Three bytes per pixel, red first. */
        RGB(3),
        /** Three bytes per pixel, blue first. */
        BGR(3),
        /** Four bytes per pixel, blue first; the fourth is ignored. */
        BGRA(4),
        /**
         * Gray in 16 bits, in the byte order of the buffer, which Java creates with {@code BIG_ENDIAN}. The bits in
         * use, for example 12, are those of the training images ({@link NetworkSettings#sampleBits}); larger values are
         * white.
         */
        GRAY16(2),
        /** A color sensor, one byte per pixel: red and green in the first row, green and blue in the second. */
        BAYER_RGGB(1),
        /** The same with green and red, blue and green. */
        BAYER_GRBG(1),
        /** The same with green and blue, red and green. */
        BAYER_GBRG(1),
        /** The same with blue and green, green and red. */
        BAYER_BGGR(1);

        private final int bytes;

        PixelFormat(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes per pixel. */
        public int bytes() {
            return bytes;
        }

        /** Whether each pixel has one of the three colors. */
        public boolean isBayer() {
            return ordinal() >= BAYER_RGGB.ordinal();
        }

        int redColumn() {
            return this == BAYER_RGGB || this == BAYER_GBRG ? 0 : 1;
        }

        int redRow() {
            return this == BAYER_RGGB || this == BAYER_GRBG ? 0 : 1;
        }
    }

    /** Maximum number of pixels of a frame, before it is downscaled. */
    public static final int MAX_FRAME_PIXELS = Frame.MAX_PIXELS;

    private final CurrentNetwork current;
    private final FrameWorkers workers;
    private final InspectorMetrics metrics;
    private final KeepWarm keepWarm;

    private Inspector(CurrentNetwork current, InspectorOptions options) {
        this.current = current;
        metrics = new InspectorMetrics(() -> current.network().drift());
        workers = new FrameWorkers(this::inspectBefore, metrics, options);
        keepWarm = options.keepWarm()
                .map(interval -> new KeepWarm(interval, current::runBlank))
                .orElse(null);
    }

    /**
     * Loads the averaged weights of a checkpoint on the CPU: a device for each context, which share the cores.
     *
     * @throws tandem.model.weights.WeightsException when the file is damaged, or not a checkpoint
     * @throws IllegalArgumentException when thresholds or a drift reference do not fit the network, or are damaged
     */
    public static Inspector load(Path checkpoint, InspectorOptions options) throws IOException {
        return new Inspector(CurrentNetwork.load(checkpoint, options), options);
    }

    /** Loads the averaged weights of a checkpoint on a device, which must stay open while the inspector is used. */
    public static Inspector load(Path checkpoint, Device device, InspectorOptions options) throws IOException {
        return new Inspector(CurrentNetwork.load(checkpoint, device, options), options);
    }

    /** The same with the default options. */
    public static Inspector load(Path checkpoint, Device device) throws IOException {
        return load(checkpoint, device, InspectorOptions.standard());
    }

    /** The same with other thresholds of detections. */
    public static Inspector load(Path checkpoint, Device device, NonMaximumSuppression.Settings suppression)
            throws IOException {
        return load(checkpoint, device, suppression, DataType.FLOAT32);
    }

    /**
     * The same with activations and filters in another type.
     *
     * @param storage FLOAT32, BFLOAT16 or FLOAT16
     */
    public static Inspector load(
            Path checkpoint, Device device, NonMaximumSuppression.Settings suppression, DataType storage)
            throws IOException {
        return load(
                checkpoint,
                device,
                InspectorOptions.standard()
                        .with(change -> change.suppression(suppression).storage(storage)));
    }

    /** The settings of the network: its classes and its input size. */
    public NetworkSettings settings() {
        return current.network().settings();
    }

    /** Counters and times of its frames. */
    public InspectorMetrics metrics() {
        return metrics;
    }

    /** The thresholds that decide whether a part passes; empty when there are none. */
    public Optional<PartThresholds> thresholds() {
        return current.network().thresholds();
    }

    /**
     * Divides all later frames into tiles; for large frames. Two rows of tiles are stored beside the frame.
     *
     * @param batch tiles that pass through the network together
     * @return this
     * @throws IllegalArgumentException when a tile has more pixels than the network's limit
     * @throws InspectorClosedException after {@link #close}
     */
    public Inspector tiled(Tiling tiling, int batch) {
        current.tiled(tiling, batch);
        return this;
    }

    /**
     * Replaces the network between two frames: loads the checkpoint beside the network in use, which works on, plans
     * its memory for the largest frames so far, and then exchanges both. Frames that have begun end with the old
     * network, all later ones use the new one, and none is lost. Both need memory for that time, and while the new one
     * is prepared frames take longer.
     *
     * @throws tandem.model.weights.WeightsException when the file is damaged, or not a checkpoint; the old network
     *     stays in use then
     * @throws IllegalArgumentException when thresholds or a drift reference do not fit the new network, or are damaged;
     *     the old network stays in use then
     * @throws DeviceOutOfMemoryException when there is no memory for both; the old network stays in use then
     * @throws InspectorClosedException after {@link #close}
     */
    public void replace(Path checkpoint) throws IOException {
        current.replace(checkpoint);
    }

    /** Prepares frames of the format of the options, or else of the network's input size. */
    public void warmUp() {
        FrameFormat format = current.options().format().orElse(null);
        PixelSize size = settings().inputSize();
        warmUp(format == null ? size.width() : format.width(), format == null ? size.height() : format.height());
    }

    /**
     * Allocates all memory for frames of this size and runs a few blank frames, so that the code is compiled.
     *
     * @throws FrameException for a side below 1, more than {@link #MAX_FRAME_PIXELS} pixels, or a size other than that
     *     of the options
     * @throws DeviceOutOfMemoryException when there is no memory for frames of this size
     * @throws InspectorClosedException after {@link #close}
     */
    public void warmUp(int width, int height) {
        PixelFormat pixels = current.options().format().map(FrameFormat::pixels).orElse(PixelFormat.GRAY);
        Frame.checkSize(width, height, pixels);
        requireFormat(pixels, width, height);
        current.warmUp(pixels, new PixelSize(width, height));
    }

    /** Whether {@link #warmUp} was called and no frame since needed more memory. */
    public boolean isWarm() {
        return current.isWarm();
    }

    /**
     * Inspects a frame within the time limit of the options.
     *
     * @param result receives the predictions; after an exception its contents are undefined
     * @return {@code result}
     * @throws NullPointerException when an argument is null; names it
     * @throws FrameException when the frame does not have the format of the options, or its buffer is now too short
     * @throws FrameNotInspectedException.Late when the time limit passed
     * @throws DeviceOutOfMemoryException when there is no memory for a frame of this size
     * @throws tandem.model.inference.NonFiniteOutputException when an output of the network is not finite; other frames
     *     can then be inspected
     * @throws InspectorClosedException after {@link #close}
     * @throws IllegalStateException when the device is closed
     */
    public Inspection inspect(Frame frame, Inspection result) {
        check(frame, result);
        current.requireOpen();
        long now = System.nanoTime();
        return inspectBefore(frame, result, now, deadline(now));
    }

    /**
     * The same with a time limit for this frame. A frame whose deadline passes while it waits is not inspected. One
     * that has begun is never interrupted: when its result comes after the deadline, the exception reports that it is
     * complete but late.
     *
     * @param limit from this call to the result
     */
    public Inspection inspect(Frame frame, Inspection result, Duration limit) {
        check(frame, result);
        current.requireOpen();
        long now = System.nanoTime();
        return inspectBefore(frame, result, now, now + nanoseconds(limit));
    }

    private Inspection inspectBefore(Frame frame, Inspection result, long called, long deadline) {
        return run(begin(deadline).input(frame), result, called, deadline);
    }

    /**
     * Inspects a frame within the time limit of the options.
     *
     * @param frame its rows, from the buffer's position; neither position nor limit is changed
     * @param stride bytes from one row to the next, at least {@code width} times the bytes of a pixel
     * @param result receives the predictions; after an exception its contents are undefined
     * @return {@code result}
     * @throws FrameException when the buffer is too short for these sizes, a side below 1, the frame larger than
     *     {@link #MAX_FRAME_PIXELS} pixels, or not of the format of the options
     * @see #inspect(Frame, Inspection)
     */
    public Inspection inspect(
            ByteBuffer frame, PixelFormat format, int width, int height, int stride, Inspection result) {
        Objects.requireNonNull(result, "result");
        Frame.check(frame, format, width, height, stride);
        requireFormat(format, width, height);
        current.requireOpen();
        long called = System.nanoTime();
        long deadline = deadline(called);
        return run(begin(deadline).input(frame, format, width, height, stride), result, called, deadline);
    }

    /** Inspects a frame into a new result. */
    public Inspection inspect(ByteBuffer frame, PixelFormat format, int width, int height, int stride) {
        return inspect(frame, format, width, height, stride, new Inspection());
    }

    /** Inspects an image of any type into a new result. */
    public Inspection inspect(BufferedImage image) {
        return inspect(image, new Inspection());
    }

    /** Inspects an image of any type, converted by {@link tandem.model.image.RgbRows}; this allocates. */
    public Inspection inspect(BufferedImage image, Inspection result) {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(result, "result");
        Frame.checkSize(image.getWidth(), image.getHeight(), PixelFormat.RGB);
        current.options()
                .format()
                .ifPresent(format -> requireFormat(format.pixels(), image.getWidth(), image.getHeight()));
        current.requireOpen();
        long called = System.nanoTime();
        long deadline = deadline(called);
        return run(begin(deadline).input(image), result, called, deadline);
    }

    /**
     * Inspects a frame in the background, within the time limit of the options.
     *
     * @param result receives the predictions; of this frame alone until the future completes
     * @return completes with {@code result}, or with what {@link #inspect(Frame, Inspection)} throws, or with
     *     {@link FrameNotInspectedException.Dropped}
     * @throws NullPointerException when an argument is null; names it
     * @throws FrameException when the frame does not have the format of the options
     * @throws FrameNotInspectedException.QueueFull by the policy {@link InspectorOptions.Overflow#FAIL}; by
     *     {@link InspectorOptions.Overflow#WAIT} only in a thread of the inspector
     * @throws InspectorClosedException after {@link #close}
     */
    public CompletableFuture<Inspection> submit(Frame frame, Inspection result) {
        long now = System.nanoTime();
        return submit(frame, result, now, deadline(now));
    }

    /**
     * The same with a time limit for this frame.
     *
     * @param limit from this call to the result
     */
    public CompletableFuture<Inspection> submit(Frame frame, Inspection result, Duration limit) {
        long now = System.nanoTime();
        return submit(frame, result, now, now + nanoseconds(limit));
    }

    private CompletableFuture<Inspection> submit(Frame frame, Inspection result, long now, long deadline) {
        check(frame, result);
        current.requireOpen();
        return workers.submit(frame, result, now, deadline);
    }

    /** The longest time that there is, 292 years, for longer ones. */
    private static long nanoseconds(Duration limit) {
        return TimeUnit.NANOSECONDS.convert(limit);
    }

    private long deadline(long now) {
        Optional<Duration> limit = current.options().limit();
        return limit.isPresent() ? now + nanoseconds(limit.get()) : ContextPool.NO_DEADLINE;
    }

    private ExecutionContext begin(long deadline) {
        if (keepWarm != null) {
            keepWarm.frame(System.nanoTime());
        }
        try {
            return current.take(deadline);
        } catch (Late late) {
            metrics.count(Outcome.LATE);
            throw late;
        }
    }

    private Inspection run(ExecutionContext context, Inspection result, long called, long deadline) {
        int allocations = context.allocations();
        List<DriftStatistic> drifted;
        try {
            context.run(result);
            drifted = context.countDrift(result);
        } catch (RuntimeException | Error problem) {
            metrics.count(Outcome.FAILED);
            throw problem;
        } finally {
            current.give(context, allocations);
        }
        // Without the context, which the listener may need to inspect a frame, or to replace the network.
        context.alarm(drifted);
        return inTime(result, called, deadline);
    }

    private Inspection inTime(Inspection result, long called, long deadline) {
        long now = System.nanoTime();
        if (deadline != ContextPool.NO_DEADLINE && now - deadline > 0) {
            metrics.count(Outcome.LATE);
            throw Late.after(now - deadline);
        }
        metrics.count(
                !result.isDecided() ? Outcome.UNDECIDED : result.decision().pass() ? Outcome.PASSED : Outcome.REJECTED,
                now - called);
        return result;
    }

    private void check(Frame frame, Inspection result) {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(result, "result");
        Frame.check(frame.pixels(), frame.format(), frame.width(), frame.height(), frame.stride());
        requireFormat(frame.format(), frame.width(), frame.height());
    }

    private void requireFormat(PixelFormat pixels, int width, int height) {
        Optional<FrameFormat> format = current.options().format();
        if (format.isPresent()) {
            FrameFormat accepted = format.get();
            if (accepted.pixels() != pixels || accepted.width() != width || accepted.height() != height) {
                throw new FrameException("a frame of " + width + " x " + height + " " + pixels
                        + " pixels: this inspector accepts " + accepted);
            }
        }
    }

    /**
     * Waits for the frames in work and those in the queue, and frees everything; a second call does nothing. Called by
     * what depends on a future, in the inspector's thread, it does not wait for the queue: those frames then fail with
     * {@link InspectorClosedException}.
     */
    @Override
    public void close() {
        current.refuse();
        if (keepWarm != null) {
            keepWarm.close();
        }
        workers.close();
        current.close();
    }
}
