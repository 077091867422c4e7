package tandem.model.data;

import com.twelvemonkeys.imageio.plugins.pnm.PNMImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The image formats that are read, each by one reader whatever other plug-ins the class path has. */
enum ImageFormat {
    JPEG("jpeg", null, "jpg", "jpeg", "jpe", "jfif"),
    PNG("png", null, "png"),
    BMP("bmp", null, "bmp", "dib"),
    GIF("gif", null, "gif"),
    TIFF("tiff", new TIFFImageReaderSpi(), "tif", "tiff"),
    WEBP("webp", new WebPImageReaderSpi(), "webp"),
    PNM("pnm", new PNMImageReaderSpi(), "pgm", "ppm", "pnm", "pbm");

    private final String label;
    private final ImageReaderSpi provider;
    private final List<String> endings;

    ImageFormat(String label, ImageReaderSpi provider, String... endings) {
        this.label = label;
        this.provider = provider == null ? ofJdk(label) : provider;
        this.endings = List.of(endings);
    }

    private static ImageReaderSpi ofJdk(String label) {
        Iterator<ImageReaderSpi> providers =
                IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
        while (providers.hasNext()) {
            ImageReaderSpi one = providers.next();
            if (one.getClass().getName().startsWith("com.sun.imageio.")
                    && Arrays.asList(one.getFormatNames()).contains(label)) {
                return one;
            }
        }
        throw new IllegalStateException("this JDK reads no " + label + " images; use one with the module java.desktop");
    }

    /** Its usual name in lower case, such as {@code jpeg}. */
    String label() {
        return label;
    }

    /** Endings of file names in lower case, without the dot. */
    List<String> endings() {
        return endings;
    }

    /** All names for messages. */
    static String names() {
        return "JPEG, PNG, BMP, GIF, TIFF, WebP or PNM";
    }

    /** A reader that the caller disposes. */
    ImageReader reader() {
        try {
            return provider.createReaderInstance();
        } catch (IOException e) {
            throw new IllegalStateException("no reader for " + label.toUpperCase(Locale.ROOT) + " images", e);
        }
    }
}
