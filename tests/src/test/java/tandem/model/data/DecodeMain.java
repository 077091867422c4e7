package tandem.model.data;

import java.nio.file.Path;

/** Decodes image files without a limit of pixels and prints their sizes, or the error of each. */
final class DecodeMain {

    private DecodeMain() {}

    public static void main(String[] files) {
        System.setProperty(PixelLimit.PROPERTY, "100000000");
        for (String file : files) {
            try {
                DecodedImage image = ImageDecoder.decode(Path.of(file));
                System.out.println(image.width() + " x " + image.height());
            } catch (DataException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
