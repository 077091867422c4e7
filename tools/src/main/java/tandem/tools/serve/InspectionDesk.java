package tandem.tools.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.Frame;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.PixelLimit;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.inference.Inspection;
import tandem.model.inference.NonFiniteOutputException;
import tandem.model.network.NetworkSettings;
import tandem.tools.RgbImage;
import tandem.tools.watch.FolderLoop;
import tandem.tools.watch.FolderWatch.Ready;
import tandem.tools.watch.InspectionJson;

/**
 * Inspects the images of a folder and uploads, and keeps what the page shows of them. The folder has one thread;
 * uploads take turns.
 */
final class InspectionDesk implements FolderLoop.Receiver {

    /** A larger frame is downscaled for the page. */
    private static final int MAX_SHOWN_PIXELS = 1 << 21;

    private static final double QUALITY = 0.9;

    /** An image without a result, and why. */
    record Problem(String name, String message) {}

    private final Inspector inspector;
    private final ShownFrames frames;
    private final MaskLayer layer;
    private final PixelLimit limit;
    private final PrintWriter err;
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger problems = new AtomicInteger();
    private final Inspection found = new Inspection();
    private final Inspection foundInUpload = new Inspection();
    private volatile Problem problem;

    /**
     * @param limit of every image
     * @param err receives a line for each image of the folder that has no result
     */
    InspectionDesk(Inspector inspector, ShownFrames frames, PixelLimit limit, PrintWriter err) {
        this.limit = limit;
        this.inspector = inspector;
        this.frames = frames;
        this.err = err;
        NetworkSettings network = inspector.settings();
        layer = network.segments()
                ? new MaskLayer(
                        new ClassColors(network.boxClasses(), network.maskClasses()),
                        network.maskClasses().size())
                : null;
    }

    @Override
    public void inspect(Ready image) {
        long began = System.nanoTime();
        DecodedImage pixels =
                ImageDecoder.decode(image.file(), inspector.settings().sampleBits(), limit);
        String name = image.file().getFileName().toString();
        try {
            frames.add(frame(name, pixels, began, found), false);
        } catch (DeviceOutOfMemoryException | NonFiniteOutputException failure) {
            report(name, failure.getMessage());
        }
    }

    @Override
    public void unreadable(Ready image, DataException failure) {
        report(image.file().getFileName().toString(), failure.getMessage());
    }

    private void report(String name, String message) {
        problems.incrementAndGet();
        problem = new Problem(name, message);
        err.println(name + ": " + message);
        err.flush();
    }

    /**
     * Inspects an upload.
     *
     * @param uploads a further limit of its size
     * @throws DataException when it is no image that can be read, or exceeds a limit
     */
    synchronized ShownFrame upload(Path name, byte[] bytes, PixelLimit uploads) {
        long began = System.nanoTime();
        DecodedImage pixels =
                ImageDecoder.decode(name, bytes, inspector.settings().sampleBits(), List.of(uploads, limit));
        ShownFrame frame = frame(name.toString(), pixels, began, foundInUpload);
        frames.add(frame, true);
        return frame;
    }

    private ShownFrame frame(String name, DecodedImage pixels, long began, Inspection result) {
        long decoded = System.nanoTime();
        inspector.inspect(
                Frame.of(ByteBuffer.wrap(pixels.rgb()), PixelFormat.RGB, pixels.width(), pixels.height()), result);
        long ended = System.nanoTime();
        int number = numbers.incrementAndGet();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("number", number)
                .put("name", name)
                .put("time", System.currentTimeMillis())
                .put("milliseconds", (ended - decoded) / 1e6)
                .put("withDecoding", (ended - began) / 1e6);
        InspectionJson.add(json, result);
        byte[] mask = result.maskBytes();
        DecodedImage shown = pixels.withMask(mask).within(MAX_SHOWN_PIXELS);
        return new ShownFrame(
                number,
                result.isDecided() && !result.decision().pass(),
                json,
                ImageFiles.jpeg(RgbImage.of(shown), QUALITY),
                mask == null ? null : layer.png(shown.mask(), shown.width(), shown.height()));
    }

    /** Images of the folder without a result. */
    int problems() {
        return problems.get();
    }

    /** The last of them. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }
}
