package tandem.tools.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.model.data.PixelLimit;
import tandem.tools.ImageLimitOption;

/** The trained network and the images of a command. */
public final class PredictionInput {

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            order = 0,
            description = "A checkpoint made by training.")
    private Path weights;

    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description = "Images (JPEG, PNG, BMP, TIFF, WebP, GIF, PNM), or folders of images.")
    private List<Path> images;

    @Option(
            names = "--recursive",
            order = 1,
            description = "Search folders in the given folders too. The results have the same folders.")
    private boolean recursive;

    @Mixin
    private ImageLimitOption limit;

    /** The limit of the images' size. */
    public PixelLimit limit() {
        return limit.limit();
    }

    /** The checkpoint. */
    public Path weights() {
        return weights;
    }

    /**
     * The image files, see {@link ImagePaths#of}.
     *
     * @param output folder of the results
     */
    public ImagePaths images(Path output) throws IOException {
        return ImagePaths.of(images, recursive, output);
    }
}
