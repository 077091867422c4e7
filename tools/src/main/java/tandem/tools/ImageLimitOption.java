package tandem.tools;

import picocli.CommandLine.Option;
import tandem.model.data.PixelLimit;

/** Option of the commands that read images: how many pixels a file may declare, see {@link PixelLimit}. */
public final class ImageLimitOption {

    @Option(
            names = "--max-image-pixels",
            paramLabel = "N",
            order = 5,
            description =
                    "Refuse image files that declare more pixels. Default: what fits into half of the memory of the Java heap.")
    private void maxImagePixels(long pixels) {
        System.setProperty(PixelLimit.PROPERTY, Long.toString(pixels));
    }
}
