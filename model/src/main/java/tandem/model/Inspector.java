package tandem.model;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.model.augment.ImageParameters;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.Inspection;
import tandem.model.network.NetworkSettings;

/**
 * A trained network for one frame at a time, to be embedded:
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
 * After {@link #warmUp} for a frame size, inspecting a byte buffer of that size into a used {@link Inspection}
 * allocates nothing. Used by one thread at a time.
 */
public final class Inspector implements AutoCloseable {

    /** How the bytes of a frame are laid out. */
    public enum PixelFormat {
        /** One byte a pixel. */
        GRAY(1),
        /** Three bytes a pixel, red first. */
        RGB(3);

        private final int bytes;

        PixelFormat(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes a pixel takes. */
        public int bytes() {
            return bytes;
        }
    }

    private static final int WARM_UP_RUNS = 20;

    private final FoldedModel model;
    private final NonMaximumSuppression.Settings suppression;
    private final ByteBuffer parameters =
            ByteBuffer.allocateDirect(ImageParameters.COUNT * Float.BYTES).order(ByteOrder.nativeOrder());
    private InferenceProgram program;
    private ByteBuffer pixels;
    private int parametersWidth;
    private int parametersHeight;
    private boolean warm;

    private Inspector(FoldedModel model, NonMaximumSuppression.Settings suppression) {
        this.model = model;
        this.suppression = suppression;
    }

    /**
     * Loads the averaged weights of a checkpoint, with the usual thresholds.
     *
     * @throws tandem.model.weights.WeightsException when the file is damaged, or no checkpoint
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

    /** What the network is: its classes and its input side. */
    public NetworkSettings settings() {
        return model.network().settings();
    }

    /** Prepares frames of the network's own input side; see {@link #warmUp(int, int)}. */
    public void warmUp() {
        warmUp(settings().inputSide(), settings().inputSide());
    }

    /** Allocates everything that frames of this size need and runs a few blank ones, so that code is compiled. */
    public void warmUp(int width, int height) {
        Inspection result = new Inspection();
        prepare(width, height);
        ByteBuffer blank = ByteBuffer.allocateDirect(Math.multiplyExact(width, height));
        for (int i = 0; i < WARM_UP_RUNS; i++) {
            inspect(blank, PixelFormat.GRAY, width, height, width, result);
        }
        warm = true;
    }

    /** Whether {@link #warmUp} was called and no larger frame has come since. */
    public boolean isWarm() {
        return warm;
    }

    /**
     * Inspects a frame.
     *
     * @param frame its rows, from the buffer's position; neither position nor limit is changed
     * @param stride bytes from one row to the next, at least {@code width} times the bytes of a pixel
     * @param result receives what was found
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
        copy(frame, format, width, height, stride);
        return run(width, height, result);
    }

    /** Inspects a frame into a new result. */
    public Inspection inspect(ByteBuffer frame, PixelFormat format, int width, int height, int stride) {
        return inspect(frame, format, width, height, stride, new Inspection());
    }

    /** Inspects a picture of any type; converting it allocates. */
    public Inspection inspect(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        prepare(width, height);
        int[] row = new int[width];
        int at = 0;
        boolean gray = picture.getType() == BufferedImage.TYPE_BYTE_GRAY;
        BufferedImage readable = picture.getType() == BufferedImage.TYPE_CUSTOM ? rgb(picture) : picture;
        for (int y = 0; y < height; y++) {
            if (gray) {
                picture.getRaster().getSamples(0, y, width, 1, 0, row);
            } else {
                readable.getRGB(0, y, width, 1, row, 0, width);
            }
            for (int x = 0; x < width; x++) {
                pixels.put(at++, (byte) (gray ? row[x] : row[x] >> 16));
                pixels.put(at++, (byte) (gray ? row[x] : row[x] >> 8));
                pixels.put(at++, (byte) row[x]);
            }
        }
        return run(width, height, new Inspection());
    }

    private static BufferedImage rgb(BufferedImage picture) {
        BufferedImage copy = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = copy.createGraphics();
        graphics.drawImage(picture, 0, 0, null);
        graphics.dispose();
        return copy;
    }

    private void prepare(int width, int height) {
        int needed = Math.multiplyExact(width, height);
        if (program == null || program.pixels() < needed) {
            if (program != null) {
                program.close();
                program = null;
            }
            program = new InferenceProgram(model, 1, needed, suppression);
            pixels = ByteBuffer.allocateDirect(Math.multiplyExact(needed, 3));
            warm = false;
        }
        if (parametersWidth != width || parametersHeight != height) {
            ImageParameters.evaluation(width, height, false).write(parameters.asFloatBuffer(), 0);
            parametersWidth = width;
            parametersHeight = height;
        }
    }

    private void copy(ByteBuffer frame, PixelFormat format, int width, int height, int stride) {
        int start = frame.position();
        if (format == PixelFormat.RGB) {
            for (int y = 0; y < height; y++) {
                pixels.put(y * width * 3, frame, start + y * stride, width * 3);
            }
            return;
        }
        int at = 0;
        for (int y = 0; y < height; y++) {
            int from = start + y * stride;
            for (int x = 0; x < width; x++) {
                byte value = frame.get(from + x);
                pixels.put(at, value);
                pixels.put(at + 1, value);
                pixels.put(at + 2, value);
                at += 3;
            }
        }
    }

    private Inspection run(int width, int height, Inspection result) {
        program.program().upload(program.pixelInput(), pixels.clear());
        program.program().upload(program.parameterInput(), parameters.clear());
        program.run();
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
