package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import tandem.fuzz.FuzzTarget;

/** Headers, images and masks. */
public final class ImageFuzzTargets {

    private static final int WIDTH = 19;
    private static final int HEIGHT = 13;

    private ImageFuzzTargets() {}

    /** The three readers; their inputs lie in {@code folder}. */
    public static List<FuzzTarget> all(Path folder) throws IOException {
        Path image = folder.resolve("image");
        Path mask = folder.resolve("mask.png");
        return List.of(
                new FuzzTarget("image header", images(), DataException.class, input -> {
                    Files.write(image, input);
                    ImageDecoder.channels(image);
                }),
                new FuzzTarget("image decoder", images(), DataException.class, input -> {
                    Files.write(image, input);
                    ImageDecoder.decode(image);
                }),
                new FuzzTarget("mask", masks(), DataException.class, input -> {
                    Files.write(mask, input);
                    ImageDecoder.mask(mask, WIDTH, HEIGHT);
                }));
    }

    private static List<byte[]> images() throws IOException {
        List<byte[]> images = new ArrayList<>();
        for (String format : List.of("png", "jpg", "bmp")) {
            images.add(EncodedImages.encode(noise(BufferedImage.TYPE_3BYTE_BGR, 256), format));
            images.add(EncodedImages.encode(noise(BufferedImage.TYPE_BYTE_GRAY, 256), format));
        }
        images.add(EncodedImages.encode(noise(BufferedImage.TYPE_USHORT_GRAY, 65_536), "png"));
        images.add(EncodedImages.encode(noise(BufferedImage.TYPE_4BYTE_ABGR, 256), "png"));
        images.add(EncodedImages.encode(noise(BufferedImage.TYPE_BYTE_BINARY, 2), "png"));
        images.add(EncodedImages.encode(palette(8), "png"));
        BufferedImage color = noise(BufferedImage.TYPE_3BYTE_BGR, 256);
        images.add(EncodedImages.pngWithExif(EncodedImages.encode(color, "png"), 6));
        images.add(EncodedImages.jpegWithExif(EncodedImages.encode(color, "jpg"), 8));
        images.add(jpeg(color, true));
        WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, 4, null);
        images.add(EncodedImages.inks(inks, 0));
        images.add(EncodedImages.inks(inks, 2));
        images.add(EncodedImages.encode(palette(8), "gif"));
        images.add(EncodedImages.webp(WIDTH, HEIGHT, 200, 100, 50, 6));
        images.add(EncodedImages.lossyWebp());
        for (String compression : List.of("LZW", "PackBits", "ZLib", "JPEG")) {
            images.add(tiff(color, compression));
        }
        images.add(tiff(noise(BufferedImage.TYPE_USHORT_GRAY, 4_096), "Deflate"));
        images.add(tiff(noise(BufferedImage.TYPE_BYTE_BINARY, 2), "CCITT T.6"));
        images.add(pnm("P6", 3));
        images.add(pnm("P5", 1));
        images.add("P2 3 2\n# by hand\n4095 0 1 2 3 4000 4095".getBytes(StandardCharsets.US_ASCII));
        images.add("P1 3 2 0 1 1 0 0 1".getBytes(StandardCharsets.US_ASCII));
        return images;
    }

    private static byte[] jpeg(BufferedImage image, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        return write(image, writer, how);
    }

    private static byte[] tiff(BufferedImage image, String compression) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionType(compression);
        return write(image, writer, how);
    }

    private static byte[] write(BufferedImage image, ImageWriter writer, ImageWriteParam how) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] pnm(String kind, int channels) {
        byte[] head = (kind + " " + WIDTH + " " + HEIGHT + " 255\n").getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(head, head.length + channels * WIDTH * HEIGHT);
    }

    private static List<byte[]> masks() throws IOException {
        return List.of(
                EncodedImages.encode(noise(BufferedImage.TYPE_BYTE_GRAY, 3), "png"),
                EncodedImages.encode(noise(BufferedImage.TYPE_BYTE_BINARY, 2), "png"),
                EncodedImages.encode(noise(BufferedImage.TYPE_USHORT_GRAY, 3), "png"),
                EncodedImages.encode(palette(8), "png"),
                EncodedImages.encode(palette(2), "png"));
    }

    private static BufferedImage noise(int type, int values) {
        return fill(new BufferedImage(WIDTH, HEIGHT, type), values);
    }

    private static BufferedImage palette(int bits) {
        byte[] steps = new byte[1 << bits];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = (byte) (i * 37);
        }
        IndexColorModel colors = new IndexColorModel(bits, steps.length, steps, steps, steps);
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        return fill(new BufferedImage(WIDTH, HEIGHT, type, colors), Math.min(3, steps.length));
    }

    private static BufferedImage fill(BufferedImage image, int values) {
        SplittableRandom random = new SplittableRandom(3);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int band = 0; band < image.getRaster().getNumBands(); band++) {
                    image.getRaster().setSample(x, y, band, random.nextInt(values));
                }
            }
        }
        return image;
    }
}
