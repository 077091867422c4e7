package tandem.model;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.RgbRows;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.FrameInference;
import tandem.model.inference.Inspection;
import tandem.model.inference.PartThresholds;
import tandem.model.inference.TiledInference;
import tandem.model.inference.Tiling;
import tandem.model.inference.WholeInference;
import tandem.model.monitor.DriftFrame;
import tandem.model.monitor.DriftMonitor;
import tandem.model.monitor.DriftStatistic;
import tandem.model.network.NetworkSettings;

/**
 * What one frame in work needs: the network's memory and the conversion of pixels. It is first given its input and then
 * run. For one thread at a time.
 */
final class ExecutionContext implements AutoCloseable {

    private final FrameInference inference;
    private final Optional<PartThresholds> thresholds;
    private final double millimetersPerPixel;
    private final int sampleBits;
    private final FrameRows colors = new FrameRows.Interleaved();
    private final FrameRows bayer = new FrameRows.Bayer();
    private final FrameRows gray;
    private final DriftMonitor drift;
    private final DriftFrame driftFrame;
    private FrameRows rows = colors;
    private BufferedImage image;
    private int width;
    private int height;

    /** @param model must stay open while this is used */
    ExecutionContext(
            FoldedModel model,
            Optional<PartThresholds> thresholds,
            Optional<DriftMonitor> drift,
            InspectorOptions options) {
        this.thresholds = thresholds;
        millimetersPerPixel = options.millimetersPerPixel();
        NetworkSettings settings = model.network().settings();
        Optional<Tiling> tiling =
                options.tiling().isEmpty() && settings.crops() ? Tiling.automatic(settings) : options.tiling();
        inference = tiling.isPresent()
                ? new TiledInference(model, tiling.get(), options.tileBatch(), options.suppression())
                : new WholeInference(model, options.suppression());
        this.drift = drift.orElse(null);
        driftFrame = new DriftFrame(settings);
        sampleBits = settings.sampleBits();
        gray = new FrameRows.Gray(sampleBits);
    }

    /** How often memory was allocated, see {@link FrameInference#allocations}. */
    int allocations() {
        return inference.allocations();
    }

    /** Sets the input of the next {@link #run}. */
    ExecutionContext input(Frame frame) {
        Frame.Region region = frame.region();
        input(frame.pixels(), frame.format(), frame.width(), frame.height(), frame.stride());
        rows.region(region.left(), region.top(), region.width());
        width = region.width();
        height = region.height();
        return this;
    }

    /** The same with a whole frame. */
    ExecutionContext input(ByteBuffer frame, PixelFormat format, int columns, int lines, int stride) {
        rows = format.isBayer() ? bayer : format == PixelFormat.GRAY || format == PixelFormat.GRAY16 ? gray : colors;
        rows.of(frame, format, columns, lines, stride);
        width = columns;
        height = lines;
        return this;
    }

    /** The same with an image, which is converted by {@link #run}. */
    ExecutionContext input(BufferedImage frame) {
        image = frame;
        width = frame.getWidth();
        height = frame.getHeight();
        return this;
    }

    /** Columns of the input. */
    int width() {
        return width;
    }

    /** Rows of the input. */
    int height() {
        return height;
    }

    /** Inspects the input, and forgets it, so that its memory can be released. */
    void run(Inspection result) {
        try {
            RgbRows pixels = image == null ? rows : RgbRows.of(image, sampleBits);
            inference.inspect(pixels, width, height, result);
            result.scale(millimetersPerPixel);
            if (thresholds.isPresent()) {
                result.decide(thresholds.get());
            }
            if (drift != null) {
                driftFrame.read(pixels, width, height);
            }
        } catch (OutOfMemoryError problem) {
            throw tooLarge(width, height, problem);
        } finally {
            image = null;
            rows.clear();
        }
    }

    /** Counts the frame that was inspected last for drift. Returns what drifted, for {@link #alarm}. */
    List<DriftStatistic> countDrift(Inspection result) {
        if (drift == null) {
            return List.of();
        }
        driftFrame.read(result);
        return drift.add(driftFrame);
    }

    /**
     * Calls the listener of the options with what drifted, if anything did. In any thread, also after others use this.
     */
    void alarm(List<DriftStatistic> drifted) {
        if (drift != null) {
            drift.alarm(drifted);
        }
    }

    static DeviceOutOfMemoryException tooLarge(int width, int height, OutOfMemoryError cause) {
        DeviceOutOfMemoryException problem = new DeviceOutOfMemoryException("no host memory for a frame of " + width
                + " x " + height + " pixels: " + cause.getMessage()
                + "; give the JVM more (-Xmx, -XX:MaxDirectMemorySize) or use smaller frames");
        problem.initCause(cause);
        return problem;
    }

    @Override
    public void close() {
        inference.close();
    }
}
