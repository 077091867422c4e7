package tandem.model;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Downscale;
import tandem.model.image.RgbRows;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.Inspection;
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
 * allocates nothing. For one thread at a time.
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

    private static final int WARM_UP_RUNS = 20;

    private final FoldedModel model;
    private final NonMaximumSuppression.Settings suppression;
    private InferenceProgram program;
    private FrameInput input;
    private Downscale size;
    private boolean warm;

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

    /** Prepares frames of the network's input size; see {@link #warmUp(int, int)}. */
    public void warmUp() {
        warmUp(settings().inputSize(), settings().inputSize());
    }

    /** Allocates all memory for frames of this size and runs a few blank frames, so that the code is compiled. */
    public void warmUp(int width, int height) {
        Inspection result = new Inspection();
        prepare(width, height);
        ByteBuffer blank = ByteBuffer.allocateDirect(Math.multiplyExact(width, height));
        for (int i = 0; i < WARM_UP_RUNS; i++) {
            inspect(blank, PixelFormat.GRAY, width, height, width, result);
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
     * @param result receives the predictions
     * @return {@code result}
     * @throws IllegalArgumentException when the buffer is too short for these sizes
     */
    public Inspection inspect(
            ByteBuffer frame, PixelFormat format, int width, int height, int stride, Inspection result) {
        if (width < 1 || height < 1 || stride < (long) width * format.bytes()) {
            throw new IllegalArgumentException("a frame of " + width + " x " + height + " " + format
                    + " pixels in rows of " + stride + " bytes: sides must be at least 1, and a row at least "
                    + (long) width * format.bytes() + " bytes");
        }
        long needed = (long) stride * (height - 1) + (long) width * format.bytes();
        if (frame.remaining() < needed) {
            throw new IllegalArgumentException("the buffer has " + frame.remaining() + " bytes, a frame of " + width
                    + " x " + height + " " + format + " pixels in rows of " + stride + " bytes needs " + needed);
        }
        prepare(width, height);
        input.put(frame, format, stride);
        return run(width, height, result);
    }

    /** Inspects a frame into a new result. */
    public Inspection inspect(ByteBuffer frame, PixelFormat format, int width, int height, int stride) {
        return inspect(frame, format, width, height, stride, new Inspection());
    }

    /** Inspects an image of any type, converted by {@link RgbRows}; this allocates. */
    public Inspection inspect(BufferedImage image) {
        Inspection result = new Inspection();
        prepare(image.getWidth(), image.getHeight());
        input.put(RgbRows.of(image));
        return run(image.getWidth(), image.getHeight(), result);
    }

    private void prepare(int width, int height) {
        if (size == null || size.sourceWidth() != width || size.sourceHeight() != height) {
            size = Downscale.of(width, height, settings().maxPixels());
        }
        if (program == null || program.pixels() < size.pixels()) {
            if (program != null) {
                program.close();
                program = null;
            }
            program = new InferenceProgram(model, 1, size.pixels(), suppression);
            input = new FrameInput(size.pixels());
            warm = false;
        }
        input.size(size);
    }

    private Inspection run(int width, int height, Inspection result) {
        program.run(input.images());
        program.read(0, width, height, result);
        return result;
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
            program = null;
        }
        model.close();
    }
}
