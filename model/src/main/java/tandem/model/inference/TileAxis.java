package tandem.model.inference;

/**
 * Tiles along one axis. They begin at multiples of a cell, the pixels of one element of the segmentation logits, so
 * that the logits of all tiles lie on one grid.
 *
 * @param cell pixels of a cell, at least 1
 * @param cells cells of a tile
 * @param step cells from one tile to the next
 */
record TileAxis(int cell, int cells, int step) {

    /**
     * The axis for tiles of about {@code wanted} pixels.
     *
     * @param cells elements of the logits along this axis
     */
    static TileAxis of(int wanted, int cells, double overlap) {
        int cell = Math.max(1, Math.round(wanted / (float) cells));
        return new TileAxis(cell, cells, Math.max(1, (int) Math.floor(cells * (1 - overlap))));
    }

    /** Pixels of a tile. */
    int tile() {
        return cell * cells;
    }

    /** Pixels from one tile to the next. */
    int stride() {
        return cell * step;
    }

    /** Cells of an image of {@code size} pixels, at least those of a tile. */
    int grid(int size) {
        return Math.max(cells, (size + cell - 1) / cell);
    }

    /** Number of tiles of an image of {@code size} pixels. */
    int count(int size) {
        return 1 + (grid(size) - cells + step - 1) / step;
    }

    /** First cell of tile {@code index} of such an image; the last tile ends with the grid. */
    int first(int index, int size) {
        return Math.min(index * step, grid(size) - cells);
    }

    /** The weight of a cell of a tile: smaller towards the border, where the network has seen less around it. */
    float weight(int at) {
        int distance = Math.min(at, cells - 1 - at);
        return Math.min(1, (distance + 0.5f) / Math.max(1, cells - step));
    }
}
