package tandem.tools;

import java.util.Optional;
import picocli.CommandLine.Option;
import tandem.model.image.PixelSize;
import tandem.model.inference.Tiling;
import tandem.model.network.NetworkSettings;

/** {@code --tile} and {@code --tile-overlap}: how large images are divided. */
public final class TileOptions {

    @Option(
            names = "--tile",
            paramLabel = "WxH",
            order = 8,
            description =
                    "Divide each image into overlapping tiles of this size in pixels, about that of the images of the "
                            + "training, and merge what is found. Default: each image as a whole.")
    private String tile;

    @Option(
            names = "--tile-overlap",
            paramLabel = "SHARE",
            defaultValue = "" + Tiling.DEFAULT_OVERLAP,
            order = 8,
            description =
                    "The share of a tile that its neighbor has too, 0 to 0.5; objects up to this size are complete in "
                            + "one tile. Default: ${DEFAULT-VALUE}.")
    private double overlap;

    /** The tiles for a network; empty for whole images. */
    public Optional<Tiling> tiling(NetworkSettings settings) {
        Optional<Tiling> tiling = tiling();
        try {
            tiling.ifPresent(tiles -> tiles.check(settings));
        } catch (IllegalArgumentException problem) {
            throw new InputException("--tile: " + problem.getMessage());
        }
        return tiling;
    }

    /** The tiles; empty for whole images. */
    private Optional<Tiling> tiling() {
        if (tile == null) {
            return Optional.empty();
        }
        PixelSize size = SizeOption.parse("--tile", tile);
        try {
            return Optional.of(new Tiling(size.width(), size.height(), overlap));
        } catch (IllegalArgumentException problem) {
            throw new InputException("--tile-overlap: " + problem.getMessage());
        }
    }
}
