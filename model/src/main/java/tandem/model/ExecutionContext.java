package tandem.model;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
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
import tandem.model.network.NetworkSettings;

/** What one frame in work needs: the network's memory and the conversion of pixels. For one thread at a time. */
final class ExecutionContext implements AutoCloseable {

    private final FrameInference inference;
    private final Optional<PartThresholds> thresholds;
    private final double millimetersPerPixel;
    private final int sampleBits;
    private final FrameRows colors = new FrameRows.Interleaved();
    private final FrameRows bayer = new FrameRows.Bayer();
    private final FrameRows gray;

    /** @param model must stay open while this is used */
    ExecutionContext(FoldedModel model, Optional<PartThresholds> thresholds, InspectorOptions options) {
        this.thresholds = thresholds;
        millimetersPerPixel = options.millimetersPerPixel();
        NetworkSettings settings = model.network().settings();
        Optional<Tiling> tiling =
                options.tiling().isEmpty() && settings.crops() ? Tiling.automatic(settings) : options.tiling();
        inference = tiling.isPresent()
                ? new TiledInference(model, tiling.get(), options.tileBatch(), options.suppression())
                : new WholeInference(model, options.suppression());
        sampleBits = settings.sampleBits();
        gray = new FrameRows.Gray(sampleBits);
    }

    /** How often memory was allocated, see {@link FrameInference#allocations}. */
    int allocations() {
        return inference.allocations();
    }

    Inspection inspect(ByteBuffer frame, PixelFormat format, int width, int height, int stride, Inspection result) {
        FrameRows rows = rows(format);
        try {
            return run(rows.of(frame, format, width, height, stride), width, height, result);
        } finally {
            rows.clear();
        }
    }

    Inspection inspect(Frame frame, Inspection result) {
        FrameRows rows = rows(frame.format());
        try {
            Frame.Region region = frame.region();
            rows.of(frame.pixels(), frame.format(), frame.width(), frame.height(), frame.stride())
                    .region(region.left(), region.top(), region.width());
            return run(rows, region.width(), region.height(), result);
        } finally {
            rows.clear();
        }
    }

    Inspection inspect(BufferedImage image, Inspection result) {
        return run(RgbRows.of(image, sampleBits), image.getWidth(), image.getHeight(), result);
    }

    private FrameRows rows(PixelFormat format) {
        return format.isBayer() ? bayer : format == PixelFormat.GRAY || format == PixelFormat.GRAY16 ? gray : colors;
    }

    private Inspection run(RgbRows rows, int width, int height, Inspection result) {
        try {
            inference.inspect(rows, width, height, result);
            result.scale(millimetersPerPixel);
            if (thresholds.isPresent()) {
                result.decide(thresholds.get());
            }
            return result;
        } catch (OutOfMemoryError problem) {
            throw tooLarge(width, height, problem);
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
