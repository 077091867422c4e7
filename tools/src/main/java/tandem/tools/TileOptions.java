package tandem.tools;

import java.util.Optional;
import picocli.CommandLine.Option;
import tandem.model.image.PixelSize;
import tandem.model.inference.Tiling;
import tandem.model.network.NetworkSettings;

/** {@code --tile} and {@code --tile-overlap}: how large images are divided. */
public final class TileOptions {

    private static final String AUTO = "auto";

    @Option(
            names = "--tile",
            paramLabel = "WxH|auto",
            order = 8,
            description =
                    "Divide each image into overlapping tiles of this size in pixels, and merge what is found; auto: the "
                            + "size of the images of the training, so that objects have the size that was learned. "
                            + "Default: each image as a whole; auto for a network that was trained with --crops.")
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
        Optional<Tiling> tiling =
                AUTO.equals(tile) || tile == null && settings.crops() ? automatic(settings) : tiling();
        try {
            tiling.ifPresent(tiles -> tiles.check(settings));
        } catch (IllegalArgumentException problem) {
            throw new InputException("--tile: " + problem.getMessage());
        }
        return tiling;
    }

    private Optional<Tiling> automatic(NetworkSettings settings) {
        return Optional.of(Tiling.automatic(settings, checkedOverlap())
                .orElseThrow(
                        () -> new InputException("--tile auto: the file of the network does not contain the size of "
                                + "the images of its training; write --tile WxH")));
    }

    private double checkedOverlap() {
        if (!(overlap >= 0 && overlap <= 0.5)) {
            throw new InputException("--tile-overlap: the overlap of tiles must be from 0 to 0.5, not " + overlap);
        }
        return overlap;
    }

    /** The tiles; empty for whole images. */
    private Optional<Tiling> tiling() {
        if (tile == null) {
            return Optional.empty();
        }
        PixelSize size = SizeOption.parse("--tile", tile);
        return Optional.of(new Tiling(size.width(), size.height(), checkedOverlap()));
    }
}
