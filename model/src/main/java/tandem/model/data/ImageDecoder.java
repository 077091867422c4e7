package tandem.model.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import tandem.model.image.Downscale;
import tandem.model.image.ImageConversion;
import tandem.model.image.RgbRows;

/**
 * Reads images and masks. Thread-safe. Images are turned upright by their EXIF orientation; annotations refer to the
 * upright image, see {@link AnnotatedSize}.
 */
public final class ImageDecoder {

    private static final String AGAIN = "copy the file again from its source, or leave it out";

    private ImageDecoder() {}

    /**
     * A sample's image and mask as a network reads them.
     *
     * @throws DataException when a file is truncated or damaged, or its size is not the sample's
     */
    public static DecodedImage decode(Sample sample, ImageConversion conversion) {
        try {
            BufferedImage image = image(sample);
            Downscale size = conversion.size(sample.width(), sample.height());
            byte[] mask = mask(sample).map(size::mask).orElse(null);
            return DecodedImage.of(size, rgb(image, size, conversion.sampleBits()), mask);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(sample.image(), e);
        }
    }

    /**
     * Only the image of a sample, at full size: for overlays, or for {@link DecodedImage#within}.
     *
     * @param sampleBits bits that samples of 16 bits use, see {@link ImageConversion#sampleBits}
     * @throws DataException when the file is truncated or damaged, or its size is not the sample's
     */
    public static DecodedImage decode(Sample sample, int sampleBits) {
        try {
            return full(image(sample), sampleBits);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(sample.image(), e);
        }
    }

    /** A file of at most {@link PixelLimit#HEAP} pixels, at full size; samples of 16 bits use all of them. */
    public static DecodedImage decode(Path file) {
        return decode(file, ImageConversion.FULL_BITS, PixelLimit.HEAP);
    }

    /** The same with a number of bits and a limit, which is checked before the file is decoded. */
    public static DecodedImage decode(Path file, int sampleBits, PixelLimit limit) {
        try {
            byte[] bytes = bytes(file, "an image");
            return full(picture(file, bytes, ImageHeader.read(file, bytes, limit)), sampleBits);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(file, e);
        }
    }

    /**
     * The same for the bytes of a file that came from elsewhere.
     *
     * @param name of the file, for messages
     * @param limits each of them applies
     */
    public static DecodedImage decode(Path name, byte[] bytes, int sampleBits, List<PixelLimit> limits) {
        try {
            ImageHeader header = ImageHeader.read(name, bytes);
            limits.forEach(limit -> limit.check(name, header));
            return full(picture(name, bytes, header), sampleBits);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(name, e);
        }
    }

    private static DecodedImage full(BufferedImage image, int sampleBits) {
        Downscale size = new Downscale(image.getWidth(), image.getHeight(), 1);
        return DecodedImage.of(size, rgb(image, size, sampleBits), null);
    }

    /** A sample's mask at full size, (height, width) class of each pixel; empty when it has none. */
    public static Optional<byte[]> mask(Sample sample) {
        return sample.mask().map(mask -> mask.read(sample.width(), sample.height()));
    }

    /**
     * A class mask in a file, (height, width) class of each pixel.
     *
     * @throws DataException when it is damaged, has no class indices or another size
     */
    public static byte[] mask(Path file, int width, int height) {
        return MaskDecoder.read(file, width, height);
    }

    /**
     * Number of channels that an image stores per pixel: 1 or 2 for gray, 3 or 4 for color, an alpha channel included.
     */
    public static int channels(Path file) {
        return ImageHeader.read(file, bytes(file, "an image")).channels();
    }

    /** All bytes of a file. A pipe or a device is refused, as reading it may never end. */
    static byte[] bytes(Path file, String what) {
        try {
            if (!Files.isRegularFile(file) && !Files.isDirectory(file) && Files.exists(file)) {
                throw new DataException(
                        file, "is a pipe or a device, expected a file with " + what, "copy its content into a file");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new DataException(file, "does not exist, expected " + what, "add it, or leave the image out");
        } catch (IOException e) {
            throw new DataException(
                    file,
                    "cannot be read (" + e.getClass().getSimpleName() + "), expected " + what,
                    "check the file and its permissions");
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(file, e);
        }
    }

    /** The limit of the image was checked when the sample was read, so that its size is the limit here. */
    private static BufferedImage image(Sample sample) {
        Path file = sample.image();
        byte[] bytes = bytes(file, "an image");
        ImageHeader header = ImageHeader.read(file, bytes);
        if (header.width() != sample.width() || header.height() != sample.height()) {
            throw new DataException(
                    file,
                    "has " + header.width() + " x " + header.height() + " pixels, expected " + sample.width() + " x "
                            + sample.height() + " as when it was first read",
                    "leave data unchanged while it is used");
        }
        return picture(file, bytes, header);
    }

    /** An image that is no mask. */
    static BufferedImage picture(Path file, byte[] bytes, ImageHeader header) {
        BufferedImage image = image(file, bytes, header);
        WideSamples.check(file, bytes, header, image);
        return image;
    }

    /** Decodes a file and turns it upright; rejects truncated files and files with decoder warnings. */
    static BufferedImage image(Path file, byte[] bytes, ImageHeader header) {
        ImageReader reader = header.format().reader();
        String[] complaint = new String[1];
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.contains("Premature end")
                    || warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous")) {
                complaint[0] = warning;
            }
        });
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            BufferedImage image = InkRows.isInk(header) ? InkRows.jpeg(reader, bytes) : reader.read(0);
            if (header.format() == ImageFormat.GIF) {
                image = GifFrame.onScreen(image, bytes, header);
            }
            if (complaint[0] != null) {
                throw new DataException(file, "is damaged (" + complaint[0] + ")", AGAIN);
            }
            if (image.getWidth() != header.storedWidth() || image.getHeight() != header.storedHeight()) {
                throw new DataException(
                        file,
                        "states " + header.storedWidth() + " x " + header.storedHeight()
                                + " pixels, but contains an image of " + image.getWidth() + " x " + image.getHeight(),
                        AGAIN);
            }
            return header.orientation().turn(image);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(file, e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof DataException known) {
                throw known;
            }
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            boolean colors = cause.contains("Unsupported Image Type");
            throw new DataException(
                    file,
                    colors ? "has colors that are neither gray nor RGB nor CMYK" : "cannot be decoded (" + cause + ")",
                    colors ? "convert it to RGB" : AGAIN);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] rgb(BufferedImage image, Downscale size, int sampleBits) {
        return DecodedImage.rgb(size, RgbRows.of(image, sampleBits));
    }
}
