package tandem.tools;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.model.data.PixelLimit;

/** Option of the commands that read images: how many pixels a file may declare, see {@link PixelLimit}. */
public final class ImageLimitOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private PixelLimit limit = PixelLimit.HEAP;

    @Option(
            names = "--max-image-pixels",
            paramLabel = "N",
            order = 5,
            description =
                    "Refuse image files that declare more pixels. Default: what fits into half of the memory of the Java heap.")
    private void maxImagePixels(long pixels) {
        if (pixels < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--max-image-pixels " + pixels + ": expected a number of pixels, at least 1");
        }
        limit = PixelLimit.of(pixels);
    }

    /** The limit. */
    public PixelLimit limit() {
        return limit;
    }
}
