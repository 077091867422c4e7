package tandem.model;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.DeviceLock;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Downscale;
import tandem.model.image.RgbRows;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.Inspection;
import tandem.model.inference.TiledInference;
import tandem.model.inference.Tiling;
import tandem.model.network.NetworkSettings;

/**
 * A trained network for single frames, for embedding in an application:
 *
 * <pre>{@code
 * try (Device device = new CpuDevice(); Inspector inspector = Inspector.load(checkpoint, device)) {
 *     inspector.warmUp(640, 480);
 *     Inspection found = new Inspection();
 *     while (camera.next(frame)) {
 *         inspector.inspect(frame, PixelFormat.GRAY, 640, 480, 640, found);
 *     }
 * }
 * }</pre>
 *
 * After {@link #warmUp} for a frame size, inspecting a byte buffer of that size with an existing {@link Inspection}
 * allocates nothing.
 *
 * <p>Several threads may share an inspector, each with an {@code Inspection} of its own: frames are inspected one after
 * the other, in the order of the calls. The same holds for several inspectors on one device; they prepare their frames
 * at the same time and take turns on the device. {@link #close} waits for the frames whose calls came before it; later
 * calls throw {@link IllegalStateException}.
 *
 * <p>A frame that fails, such as one that is too large for the memory, leaves the inspector usable; the next frame
 * allocates what the failed one released.
 *
 * <p>A frame with more pixels than the network's limit is downscaled by {@link Downscale}, as in training; boxes and
 * mask are in pixels of the frame.
 */
public final class Inspector implements AutoCloseable {

    /** The pixel format of a frame. */
    public enum PixelFormat {
        /** One byte per pixel. */
        GRAY(1),
        /** Three bytes per pixel, red first. */
        RGB(3);

        private final int bytes;

        PixelFormat(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes per pixel. */
        public int bytes() {
            return bytes;
        }
    }

    /** Maximum number of pixels of a frame, before it is downscaled. */
    public static final int MAX_FRAME_PIXELS = 1 << 29;

    private static final int WARM_UP_RUNS = 20;

    private final FoldedModel model;
    private final NonMaximumSuppression.Settings suppression;
    private final ReentrantLock lock = new ReentrantLock(true);
    private InferenceProgram program;
    private FrameInput input;
    private Downscale size;
    private volatile boolean warm;
    private boolean closed;
    private TiledInference tiles;
    private final FrameRows frameRows = new FrameRows();

    private Inspector(FoldedModel model, NonMaximumSuppression.Settings suppression) {
        this.model = model;
        this.suppression = suppression;
    }

    /**
     * Loads the averaged weights of a checkpoint, with the default thresholds.
     *
     * @throws tandem.model.weights.WeightsException when the file is damaged, or not a checkpoint
     */
    public static Inspector load(Path checkpoint, Device device) throws IOException {
        return load(checkpoint, device, NonMaximumSuppression.Settings.DEFAULT);
    }

    /** Loads the averaged weights of a checkpoint. */
    public static Inspector load(Path checkpoint, Device device, NonMaximumSuppression.Settings suppression)
            throws IOException {
        return load(checkpoint, device, suppression, DataType.FLOAT32);
    }

    /**
     * Loads the averaged weights of a checkpoint, to be used with activations and filters in another type.
     *
     * @param storage FLOAT32, BFLOAT16 or FLOAT16
     */
    public static Inspector load(
            Path checkpoint, Device device, NonMaximumSuppression.Settings suppression, DataType storage)
            throws IOException {
        return new Inspector(FoldedModel.load(checkpoint, device, storage), suppression);
    }

    /** The settings of the network: its classes and its input size. */
    public NetworkSettings settings() {
        return model.network().settings();
    }

    /**
     * Divides all later frames into tiles; for large frames. Two rows of tiles are stored beside the frame.
     *
     * @param batch tiles that pass through the network together
     * @return this
     * @throws IllegalArgumentException when a tile has more pixels than the network's limit
     * @throws IllegalStateException after {@link #close}
     */
    public Inspector tiled(Tiling tiling, int batch) {
        enter();
        try {
            TiledInference next = new TiledInference(model, tiling, batch, suppression);
            release();
            tiles = next;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Prepares frames of the network's input size; see {@link #warmUp(int, int)}. */
    public void warmUp() {
        warmUp(settings().inputSize(), settings().inputSize());
    }

    /**
     * Allocates all memory for frames of this size and runs a few blank frames, so that the code is compiled.
     *
     * @throws IllegalArgumentException for a side below 1, or more than {@link #MAX_FRAME_PIXELS} pixels
     * @throws DeviceOutOfMemoryException when there is no memory for frames of this size
     * @throws IllegalStateException after {@link #close}
     */
    public void warmUp(int width, int height) {
        requireSize(width, height);
        try {
            Inspection result = new Inspection();
            ByteBuffer blank = ByteBuffer.allocateDirect(width * height);
            for (int i = 0; i < WARM_UP_RUNS; i++) {
                inspect(blank, PixelFormat.GRAY, width, height, width, result);
            }
        } catch (OutOfMemoryError problem) {
            throw tooLarge(width, height, problem);
        }
        warm = true;
    }

    /** Whether {@link #warmUp} was called and there was no larger frame since. */
    public boolean isWarm() {
        return warm;
    }

    /**
     * Inspects a frame.
     *
     * @param frame its rows, from the buffer's position; neither position nor limit is changed
     * @param stride bytes from one row to the next, at least {@code width} times the bytes of a pixel
     * @param result receives the predictions; after an exception its contents are undefined
     * @return {@code result}
     * @throws NullPointerException when an argument is null; names it
     * @throws IllegalArgumentException when the buffer is too short for these sizes, a side below 1, or the frame
     *     larger than {@link #MAX_FRAME_PIXELS} pixels
     * @throws DeviceOutOfMemoryException when there is no memory for a frame of this size
     * @throws IllegalStateException after {@link #close}, when the device is closed, or when an output of the network
     *     is not finite; other frames can then be inspected
     */
    public Inspection inspect(
            ByteBuffer frame, PixelFormat format, int width, int height, int stride, Inspection result) {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(result, "result");
        requireSize(width, height);
        if (stride < (long) width * format.bytes()) {
            throw new IllegalArgumentException("a frame of " + width + " x " + height + " " + format
                    + " pixels in rows of " + stride + " bytes: a row has at least " + (long) width * format.bytes()
                    + " bytes");
        }
        long needed = (long) stride * (height - 1) + (long) width * format.bytes();
        if (frame.remaining() < needed) {
            throw new IllegalArgumentException("the buffer has " + frame.remaining() + " bytes, a frame of " + width
                    + " x " + height + " " + format + " pixels in rows of " + stride + " bytes needs " + needed);
        }
        enter();
        try {
            if (tiles != null) {
                return inTiles(frameRows.of(frame, format, width, stride), width, height, result);
            }
            prepare(width, height);
            input.put(frame, format, stride);
            return run(width, height, result);
        } catch (OutOfMemoryError problem) {
            throw tooLarge(width, height, problem);
        } finally {
            lock.unlock();
        }
    }

    /** Inspects a frame into a new result. */
    public Inspection inspect(ByteBuffer frame, PixelFormat format, int width, int height, int stride) {
        return inspect(frame, format, width, height, stride, new Inspection());
    }

    /** Inspects an image of any type, converted by {@link RgbRows}; this allocates. */
    public Inspection inspect(BufferedImage image) {
        Objects.requireNonNull(image, "image");
        int width = image.getWidth();
        int height = image.getHeight();
        requireSize(width, height);
        enter();
        try {
            if (tiles != null) {
                return inTiles(RgbRows.of(image), width, height, new Inspection());
            }
            prepare(width, height);
            input.put(RgbRows.of(image, settings().sampleBits()));
            return run(width, height, new Inspection());
        } catch (OutOfMemoryError problem) {
            throw tooLarge(width, height, problem);
        } finally {
            lock.unlock();
        }
    }

    private static void requireSize(int width, int height) {
        if (width < 1 || height < 1 || (long) width * height > MAX_FRAME_PIXELS) {
            throw new IllegalArgumentException("a frame of " + width + " x " + height
                    + " pixels: each side must be at least 1, and the frame at most " + MAX_FRAME_PIXELS + " pixels");
        }
    }

    private static DeviceOutOfMemoryException tooLarge(int width, int height, OutOfMemoryError cause) {
        DeviceOutOfMemoryException problem = new DeviceOutOfMemoryException("no host memory for a frame of " + width
                + " x " + height + " pixels: " + cause.getMessage()
                + "; give the JVM more (-Xmx, -XX:MaxDirectMemorySize) or use smaller frames");
        problem.initCause(cause);
        return problem;
    }

    private void enter() {
        lock.lock();
        if (closed) {
            lock.unlock();
            throw new IllegalStateException("this inspector is closed");
        }
    }

    private void prepare(int width, int height) {
        Downscale wanted = size != null && size.sourceWidth() == width && size.sourceHeight() == height
                ? size
                : Downscale.of(width, height, settings().maxPixels());
        if (program == null || program.pixels() < wanted.pixels()) {
            release();
            try {
                program = new InferenceProgram(model, 1, wanted.pixels(), suppression);
                input = new FrameInput(wanted.pixels());
            } catch (RuntimeException | Error problem) {
                release();
                throw problem;
            }
        }
        input.size(wanted);
        size = wanted;
    }

    private void release() {
        warm = false;
        input = null;
        if (tiles != null) {
            tiles.close();
            tiles = null;
        }
        if (program != null) {
            program.close();
            program = null;
        }
    }

    private Inspection inTiles(RgbRows rows, int width, int height, Inspection result) {
        DeviceLock turn = model.device().lock();
        turn.enter();
        try {
            return tiles.inspect(rows, width, height, result);
        } finally {
            turn.exit();
        }
    }

    private Inspection run(int width, int height, Inspection result) {
        DeviceLock turn = model.device().lock();
        turn.enter();
        try {
            program.run(input.images());
            if (!program.isFinite()) {
                throw new IllegalStateException(
                        "the outputs of the network for this frame are not finite numbers, so it has no result; "
                                + "with activations in float16 they may be too large: use float32");
            }
            program.read(0, width, height, result);
            return result;
        } finally {
            turn.exit();
        }
    }

    /** Waits for the frame that is being inspected, and frees everything; a second call does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            release();
            model.close();
        } finally {
            lock.unlock();
        }
    }
}
