package tandem.model.inference;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Memory;
import tandem.engine.Operation;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;
import tandem.model.segmentation.MaskDecoding;

/**
 * Decodes the segmentation logits of a batch at each image's original size. For each new size one kernel launch per
 * place in the batch is prepared; the least recently used sizes are dropped.
 */
final class NativeMasks implements AutoCloseable {

    private static final int MAX_SIZES = 32;

    /** A prepared size: one recording for each place in the batch, all writing the same buffer. */
    private record Size(
            int width, int height, Buffer mask, Buffer confidence, List<Recording> places, Resources owned) {}

    private final Device device;
    private final Memory logits;
    private final Shape shape;
    private final boolean withConfidence;
    private final Placement placement;
    private final Map<Long, Size> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private Size last;

    /**
     * Reads {@code logits}, (N, h, w, C), of a program that must stay open.
     *
     * @param placement of the network
     * @param withConfidence whether the probability of each pixel's class is computed as well
     */
    NativeMasks(Device device, Memory logits, Shape shape, Placement placement, boolean withConfidence) {
        this.placement = placement;
        this.withConfidence = withConfidence;
        this.device = device;
        this.logits = logits;
        this.shape = shape;
    }

    /**
     * Writes the class of each of {@code width} x {@code height} pixels into {@code target}, from its start to its
     * limit.
     */
    void decode(int image, int width, int height, ByteBuffer target) {
        Size size = size(width, height);
        size.places().get(image).replay();
        device.download(size.mask().memory(), target);
        target.position(0);
    }

    /** Writes the probabilities of the classes that {@link #decode} just wrote, as floats. */
    void confidence(ByteBuffer target) {
        device.download(last.confidence().memory(), target);
        target.position(0);
    }

    private Size size(int width, int height) {
        if (last == null || last.width() != width || last.height() != height) {
            long key = (long) width << 32 | height;
            last = sizes.get(key);
            if (last == null) {
                if (sizes.size() == MAX_SIZES) {
                    Iterator<Size> oldest = sizes.values().iterator();
                    oldest.next().owned().close();
                    oldest.remove();
                }
                last = prepare(width, height);
                sizes.put(key, last);
            }
        }
        return last;
    }

    /** The operations that decode a mask without confidence, of one pixel, from logits of that shape. */
    static List<Operation> decoding(Shape logits) {
        Graph graph = new Graph(new Variables());
        Tensor input =
                graph.input("logits", DataType.FLOAT32, Shape.of(1, logits.dim(1), logits.dim(2), logits.dim(3)));
        MaskDecoding.decode(graph, input, 1, 1, new PixelSize(1, 1));
        return graph.operations();
    }

    private Size prepare(int width, int height) {
        Graph graph = new Graph(new Variables());
        Tensor input = graph.input("logits", DataType.FLOAT32, Shape.of(1, shape.dim(1), shape.dim(2), shape.dim(3)));
        PixelSize extent = placement.extent(width, height);
        MaskDecoding.Decoded decoded = withConfidence
                ? MaskDecoding.decodeWithConfidence(graph, input, height, width, extent)
                : new MaskDecoding.Decoded(MaskDecoding.decode(graph, input, height, width, extent), null);
        Tensor mask = decoded.mask();
        Operation.Lowered lowered = graph.operations().get(0).lower(device);
        Resources owned = new Resources();
        try {
            Buffer output = owned.add(device.allocate(mask.bytes(), "mask of one image"));
            Buffer confidence = withConfidence
                    ? owned.add(device.allocate(decoded.confidence().bytes(), "confidence of one image"))
                    : null;
            Buffer workspace = owned.add(device.allocate(lowered.workspaceBytes(), "mask decoding"));
            List<Recording> places = new ArrayList<>();
            for (int image = 0; image < shape.dim(0); image++) {
                Memory source = logits.slice(image * input.bytes(), input.bytes());
                List<Command> commands = lowered.bind(
                        tensor -> tensor == input ? source : tensor == mask ? output.memory() : confidence.memory(),
                        workspace.memory());
                places.add(owned.add(device.record(commands)));
            }
            return new Size(width, height, output, confidence, places, owned);
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    @Override
    public void close() {
        sizes.values().forEach(size -> size.owned().close());
        sizes.clear();
        last = null;
    }
}
