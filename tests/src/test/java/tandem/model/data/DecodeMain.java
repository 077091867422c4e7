package tandem.model.data;

import java.nio.file.Path;
import tandem.model.image.ImageConversion;

/** Decodes image files without a limit of pixels and prints their sizes, or the error of each. */
final class DecodeMain {

    private DecodeMain() {}

    public static void main(String[] files) {
        PixelLimit limit = PixelLimit.of(100_000_000);
        for (String file : files) {
            try {
                DecodedImage image = ImageDecoder.decode(Path.of(file), ImageConversion.FULL_BITS, limit);
                System.out.println(image.width() + " x " + image.height());
            } catch (DataException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
