package tandem.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Resources;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.segmentation.MaskDecoding;

/**
 * Decodes strips of stitched logits, some rows of the grid at a time, at full resolution. A strip has one more row
 * above and below, so that it is interpolated as in the whole image.
 */
final class StripMasks implements AutoCloseable {

    private final TileAxis across;
    private final TileAxis down;
    private final int columns;
    private final int channels;
    private final int rows;
    private final Resources owned = new Resources();
    private final Tensor logits;
    private final Tensor mask;
    private final Program program;
    private final ByteBuffer input;
    private final FloatBuffer values;
    private final ByteBuffer output;

    /**
     * @param columns cells of the grid
     * @param rows rows of the grid that are decoded at once
     */
    StripMasks(Device device, TileAxis across, TileAxis down, int columns, int rows, int channels) {
        this.across = across;
        this.down = down;
        this.columns = columns;
        this.rows = rows;
        this.channels = channels;
        Variables none = new Variables();
        Graph graph = new Graph(none);
        logits = graph.input("logits", DataType.FLOAT32, Shape.of(1, rows + 2, columns, channels));
        mask = graph.keep(MaskDecoding.decode(
                graph, logits, (rows + 2) * down.cell(), Math.multiplyExact(columns, across.cell())));
        try {
            program = owned.add(Program.frozen(device, graph, owned.add(new Weights(device, none))));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
        input = ByteBuffer.allocateDirect(Math.toIntExact(logits.bytes())).order(ByteOrder.nativeOrder());
        values = input.asFloatBuffer();
        output = ByteBuffer.allocateDirect(Math.toIntExact(mask.bytes()));
    }

    /** Rows of the grid that are decoded at once. */
    int rows() {
        return rows;
    }

    /**
     * Decodes rows {@code first} to {@code first + rows} of a grid, or fewer at its end.
     *
     * @param end row of the grid behind the last one that is known; rows outside repeat the border
     */
    void decode(StitchedLogits stitched, int first, int end) {
        for (int y = 0; y < rows + 2; y++) {
            int row = Math.max(0, Math.min(end - 1, first - 1 + y));
            stitched.mean(row, values, y * columns * channels);
        }
        program.upload(logits, input.clear());
        program.run();
        program.download(mask, output.clear());
    }

    /** Copies row {@code y} of pixels, counted from the first row of the strip, {@code width} bytes. */
    void copy(int y, int width, ByteBuffer target, int at) {
        target.put(at, output, (down.cell() + y) * columns * across.cell(), width);
    }

    @Override
    public void close() {
        owned.close();
    }
}
