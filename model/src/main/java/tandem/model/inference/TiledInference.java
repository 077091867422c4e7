package tandem.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import tandem.engine.DeviceLock;
import tandem.engine.Resources;
import tandem.engine.Shape;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;
import tandem.model.image.RgbRows;
import tandem.model.network.NetworkSettings;

/**
 * Inference for large images and for strips of a line camera: overlapping tiles pass through the network in batches,
 * boxes are merged across their borders ({@link SeamBoxes}), and the segmentation logits are summed with weights and
 * decoded at full resolution. Rows are read from top to bottom; at most two rows of tiles are stored, so that memory
 * depends on the width and not on the length. An image smaller than a tile is placed on gray. For one thread at a time.
 *
 * <p>Tiles are rounded to whole pixels for each element of the logits; see {@link #tileWidth}.
 */
public final class TiledInference implements FrameInference {

    private final FoldedModel model;
    private final NetworkSettings settings;
    private final TileAxis across;
    private final TileAxis down;
    private final Resources owned = new Resources();
    private final InferenceProgram program;
    private final InputImages input;
    private final SeamBoxes.Tile[] tiles;
    private final int[] columns;
    private final PixelSize tile;
    private final Inspection ofTile = new Inspection();
    private final SeamBoxes merged;
    private final ByteBuffer logitBytes;
    private final FloatBuffer logits;
    private PixelRows rows;
    private StitchedLogits stitched;
    private StripMasks strips;
    private ByteBuffer strip;
    private MaskRows masks;
    private int next;
    private int decoded;
    private ByteBuffer wholeMask;
    private int allocations;
    private final MaskRows wholeRows = this::copyMask;

    /**
     * Plans and allocates what does not depend on the width of images.
     *
     * @param model must stay open while this is used
     * @param batch tiles that pass through the network together
     * @throws IllegalArgumentException when a tile has more pixels than the network's limit
     */
    public TiledInference(FoldedModel model, Tiling tiling, int batch, NonMaximumSuppression.Settings suppression) {
        this.model = model;
        settings = model.network().settings();
        tiling.check(settings);
        across = tiling.across(settings);
        down = tiling.down(settings);
        program = owned.add(InferenceProgram.withFiltersAlone(model, batch, across.tile() * down.tile(), suppression));
        input = new InputImages(batch, across.tile() * down.tile(), Placement.STRETCH);
        tiles = new SeamBoxes.Tile[batch];
        Arrays.setAll(tiles, i -> new SeamBoxes.Tile());
        columns = new int[batch];
        tile = new PixelSize(across.tile(), down.tile());
        merged = new SeamBoxes(suppression.iouThreshold(), suppression.classAgnostic());
        Shape shape = program.logitsShape();
        logitBytes = shape == null
                ? null
                : ByteBuffer.allocateDirect(Math.toIntExact(shape.elements() * Float.BYTES))
                        .order(ByteOrder.nativeOrder());
        logits = shape == null ? null : logitBytes.asFloatBuffer();
    }

    /** Columns of a tile. */
    public int tileWidth() {
        return across.tile();
    }

    /** Rows of a tile. */
    public int tileHeight() {
        return down.tile();
    }

    @Override
    public Inspection inspect(RgbRows image, int width, int height, Inspection result) {
        DeviceLock turn = model.device().lock();
        turn.enter();
        try {
            result.begin(settings, width, height, 0, true);
            wholeMask = result.mask();
            begin(width, wholeRows);
            for (int y = 0; y < height; y++) {
                runIfComplete();
                rows.add(image, y);
            }
            finish();
            return report(result, width, height, true);
        } finally {
            turn.exit();
        }
    }

    @Override
    public int allocations() {
        return allocations;
    }

    private void copyMask(int first, ByteBuffer classes) {
        wholeMask.put(first * rows.width(), classes, 0, classes.limit());
    }

    /**
     * Begins a strip, whose length need not be known.
     *
     * @param width its columns
     * @param rowsOfMask receives its mask while rows are added
     */
    public void begin(int width, MaskRows rowsOfMask) {
        if (width < 1) {
            throw new IllegalArgumentException("an image of " + width + " columns");
        }
        masks = rowsOfMask;
        next = 0;
        decoded = 0;
        merged.clear();
        if (rows != null && rows.width() == width) {
            rows.clear();
            if (stitched != null) {
                stitched.clear();
            }
            return;
        }
        allocations++;
        rows = null;
        if (logits != null) {
            int grid = across.grid(width);
            int channels = settings.maskChannels();
            if (strips != null) {
                strips.close();
                strips = null;
            }
            stitched = new StitchedLogits(across, down, grid, channels, down.cells() + down.step() + 2);
            strips = new StripMasks(model.device(), across, down, grid, down.step(), channels);
            strip = ByteBuffer.allocateDirect(Math.multiplyExact(width, down.stride()));
        }
        rows = new PixelRows(width, down.tile() + down.stride());
    }

    /**
     * Adds the next row, {@code 3 * width} bytes, red first, from the buffer's position; runs tiles when enough are
     * there.
     */
    public void add(ByteBuffer rgb) {
        if (rows == null || masks == null) {
            throw new IllegalStateException("begin a strip before rows are added");
        }
        if (rgb.remaining() < 3 * rows.width()) {
            throw new IllegalArgumentException("a row of " + rows.width() + " pixels needs " + 3 * rows.width()
                    + " bytes, the buffer has " + rgb.remaining());
        }
        runIfComplete();
        rows.add(rgb, rgb.position());
    }

    private void runIfComplete() {
        // A tile runs when the row below it is there: only then is it known whether the image ends with the tile.
        if (rows.count() == next * down.stride() + down.tile()) {
            run(next * down.step(), true);
            next++;
        }
    }

    /**
     * Ends the strip.
     *
     * @param result receives the boxes, without a mask
     * @return {@code result}
     */
    public Inspection end(Inspection result) {
        finish();
        return report(result, rows.width(), rows.count(), false);
    }

    private void finish() {
        if (rows == null || masks == null) {
            throw new IllegalStateException("begin a strip before it is ended");
        }
        if (rows.count() == 0) {
            throw new IllegalArgumentException("a strip without rows");
        }
        int grid = down.grid(rows.count());
        run(grid - down.cells(), false);
        if (logits != null) {
            while (decoded < grid) {
                decode(grid);
            }
        }
        masks = null;
        merged.merge();
    }

    private Inspection report(Inspection result, int width, int height, boolean withMask) {
        result.begin(settings, width, height, merged.count(), withMask);
        for (int i = 0; i < merged.count(); i++) {
            result.add(
                    merged.label(i),
                    merged.score(i),
                    merged.corner(i, 0),
                    merged.corner(i, 1),
                    merged.corner(i, 2),
                    merged.corner(i, 3));
        }
        return result;
    }

    /** Runs a row of tiles. */
    private void run(int row, boolean more) {
        int count = across.count(rows.width());
        for (int first = 0; first < count; first += tiles.length) {
            int size = Math.min(tiles.length, count - first);
            for (int i = 0; i < tiles.length; i++) {
                if (i < size) {
                    columns[i] = across.first(first + i, rows.width());
                    place(i, columns[i] * across.cell(), row * down.cell(), more);
                } else {
                    input.leaveEmpty(i);
                }
            }
            program.run(input);
            program.requireFinite();
            if (logits != null) {
                program.readLogits(logitBytes);
            }
            for (int i = 0; i < size; i++) {
                collect(i, row);
            }
        }
        if (logits != null) {
            while (decoded + strips.rows() <= row) {
                decode(row + 1);
            }
        }
    }

    private void place(int image, int left, int top, boolean more) {
        tiles[image].set(left, top, across.tile(), down.tile(), rows.width(), more);
        int width = Math.min(across.tile(), rows.width() - left);
        int height = Math.min(down.tile(), rows.count() - top);
        rows.copy(left, width, top, height, input.rgb(), input.start(image));
        input.window(image, width, height, across.tile(), down.tile());
    }

    private void collect(int image, int row) {
        program.readTile(image, tile, ofTile);
        SeamBoxes.Tile place = tiles[image];
        for (int i = 0; i < ofTile.boxes(); i++) {
            float left = place.left() + ofTile.left(i);
            float top = place.top() + ofTile.top(i);
            float right = Math.min(rows.width(), place.left() + ofTile.right(i));
            float bottom = Math.min(rows.count(), place.top() + ofTile.bottom(i));
            if (left < right && top < bottom) {
                merged.add(
                        ofTile.label(i), ofTile.score(i), left, top, right, bottom, place, across.cell(), down.cell());
            }
        }
        if (logits != null) {
            int each = logits.capacity() / tiles.length;
            stitched.add(logits, image * each, row, columns[image]);
        }
    }

    /** @param end row of the grid behind the last one that is complete */
    private void decode(int end) {
        strips.decode(stitched, decoded, end);
        int first = decoded * down.cell();
        int last = Math.min(rows.count(), first + down.stride());
        strip.clear();
        for (int y = first; y < last; y++) {
            strips.copy(y - first, rows.width(), strip, (y - first) * rows.width());
        }
        if (last > first) {
            masks.next(first, strip.limit((last - first) * rows.width()));
        }
        for (int row = Math.max(0, decoded - 1); row < Math.min(end, decoded + down.step() - 1); row++) {
            stitched.clear(row);
        }
        decoded += down.step();
    }

    @Override
    public void close() {
        if (strips != null) {
            strips.close();
        }
        owned.close();
    }
}
