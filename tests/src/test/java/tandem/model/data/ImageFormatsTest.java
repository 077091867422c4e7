package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.image.ImageConversion;

/** Formats, orientations, inks and depths; expected pixels are worked out from the specifications. */
class ImageFormatsTest {

    @TempDir
    Path root;

    private DecodedImage decode(String name, byte[] bytes) throws IOException {
        return ImageDecoder.decode(Files.write(root.resolve(name), bytes));
    }

    private static BufferedImage pattern(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (10 * x + 3) << 16 | (20 * y + 1) << 8 | x + y);
            }
        }
        return image;
    }

    /** The words of the EXIF standard: where the first row and the first column of the stored image belong. */
    @ParameterizedTest
    @CsvSource({
        "1, top, left", "2, top, right", "3, bottom, right", "4, bottom, left",
        "5, left, top", "6, right, top", "7, right, bottom", "8, left, bottom"
    })
    void orientationsPutFirstRowAndColumnWhereTheStandardSays(int tag, String row, String column) throws IOException {
        BufferedImage stored = pattern(5, 3, BufferedImage.TYPE_INT_RGB);
        boolean transposed = row.equals("left") || row.equals("right");
        int width = transposed ? 3 : 5;
        int height = transposed ? 5 : 3;
        byte[] expected = new byte[45];
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 5; x++) {
                int up = transposed ? x : y;
                int along = transposed ? y : x;
                String vertical = transposed ? column : row;
                String horizontal = transposed ? row : column;
                int to = (vertical.equals("top") ? up : height - 1 - up) * width
                        + (horizontal.equals("left") ? along : width - 1 - along);
                expected[3 * to] = (byte) (10 * x + 3);
                expected[3 * to + 1] = (byte) (20 * y + 1);
                expected[3 * to + 2] = (byte) (x + y);
            }
        }
        DecodedImage image = decode("a.png", EncodedImages.pngWithExif(EncodedImages.encode(stored, "png"), tag));
        assertEquals(List.of(width, height), List.of(image.width(), image.height()));
        assertArrayEquals(expected, image.rgb());
        BufferedImage gray = new BufferedImage(5, 3, BufferedImage.TYPE_USHORT_GRAY);
        gray.getRaster().setSample(0, 0, 0, 0xFF00);
        byte[] corner = decode("b.png", EncodedImages.pngWithExif(EncodedImages.encode(gray, "png"), tag))
                .rgb();
        int first = (row.equals("bottom") || column.equals("bottom") ? height - 1 : 0) * width
                + (row.equals("right") || column.equals("right") ? width - 1 : 0);
        for (int i = 0; i < 15; i++) {
            assertEquals(i == first ? 255 : 0, corner[3 * i] & 255);
        }
    }

    @Test
    void jpegTiffAndWebpAreTurnedToo() throws IOException {
        BufferedImage stored = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                stored.setRGB(x, y, 0xFFFFFF);
            }
        }
        // The left half is white; turned clockwise, it is the upper one.
        DecodedImage jpeg = decode("a.jpg", EncodedImages.jpegWithExif(EncodedImages.encode(stored, "jpeg"), 6));
        assertEquals(List.of(16, 32), List.of(jpeg.width(), jpeg.height()));
        assertEquals(255, jpeg.rgb()[0] & 255, 2);
        assertEquals(0, jpeg.rgb()[3 * 16 * 31] & 255, 2);
        DecodedImage webp = decode("a.webp", EncodedImages.webp(40, 20, 200, 100, 50, 6));
        assertEquals(List.of(20, 40), List.of(webp.width(), webp.height()));
    }

    @Test
    void damagedOrientationsAreIgnored() throws IOException {
        byte[] jpeg = EncodedImages.encode(pattern(16, 8, BufferedImage.TYPE_INT_RGB), "jpeg");
        byte[] wrong = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 127, 0, 0, 0};
        assertEquals(
                16,
                decode("a.jpg", EncodedImages.withSegment(jpeg, 0xE1, wrong)).width());
        assertEquals(16, decode("b.jpg", EncodedImages.jpegWithExif(jpeg, 99)).width());
    }

    @Test
    void losslessFormatsKeepEveryPixel() throws IOException {
        BufferedImage image = pattern(20, 10, BufferedImage.TYPE_INT_RGB);
        byte[] expected = decode("a.png", EncodedImages.encode(image, "png")).rgb();
        assertArrayEquals(
                expected, decode("a.tif", EncodedImages.encode(image, "tiff")).rgb());
        byte[] head = "P6\n# made by hand\n20 10\n255\n".getBytes(StandardCharsets.US_ASCII);
        byte[] ppm = Arrays.copyOf(head, head.length + expected.length);
        System.arraycopy(expected, 0, ppm, head.length, expected.length);
        assertArrayEquals(expected, decode("a.ppm", ppm).rgb());
        BufferedImage few = new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_INDEXED);
        few.setRGB(3, 4, 0xFFFF0000);
        assertArrayEquals(
                decode("b.png", EncodedImages.encode(few, "png")).rgb(),
                decode("b.gif", EncodedImages.encode(few, "gif")).rgb());
        DecodedImage webp = decode("a.webp", EncodedImages.webp(30, 7, 200, 100, 50, 0));
        assertEquals(List.of(30, 7), List.of(webp.width(), webp.height()));
        for (int i = 0; i < 210; i++) {
            assertEquals(
                    List.of(200, 100, 50),
                    List.of(webp.rgb()[3 * i] & 255, webp.rgb()[3 * i + 1] & 255, webp.rgb()[3 * i + 2] & 255));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pgm", "tif", "png"})
    void twelveBitsBecomeEight(String ending) throws IOException {
        BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_USHORT_GRAY);
        int[] values = {0, 15, 16, 1200, 2048, 4080, 4095, 5000};
        byte[] pgm = Arrays.copyOf("P5 4 2 65535\n".getBytes(StandardCharsets.US_ASCII), 13 + 16);
        for (int i = 0; i < 8; i++) {
            image.getRaster().setSample(i % 4, i / 4, 0, values[i]);
            pgm[13 + 2 * i] = (byte) (values[i] >> 8);
            pgm[14 + 2 * i] = (byte) values[i];
        }
        Path file = root.resolve("a." + ending);
        Files.write(
                file, ending.equals("pgm") ? pgm : EncodedImages.encode(image, ending.equals("tif") ? "tiff" : ending));
        int[] expected = {0, 0, 1, 75, 128, 255, 255, 255};
        byte[] rgb = ImageDecoder.decode(file, 12, PixelLimit.HEAP).rgb();
        byte[] all = ImageDecoder.decode(file).rgb();
        for (int i = 0; i < 8; i++) {
            assertEquals(expected[i], rgb[3 * i] & 255);
            assertEquals(values[i] >> 8, all[3 * i] & 255);
        }
    }

    private static byte[] floats(float... samples) {
        int[] bits = new int[samples.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(samples[i]);
        }
        return EncodedImages.tiffOf32Bits(3, bits);
    }

    /** Gray levels of 0 to 255 in samples of 32 bits were white, or black. */
    @Test
    void samplesOf32BitsAreFractionsOrAnError() throws IOException {
        byte[] rgb = decode("a.tif", floats(0, 0.2f, 1)).rgb();
        assertEquals(List.of(0, 51, 255), List.of(rgb[0] & 255, rgb[3] & 255, rgb[6] & 255));
        byte[] levels = floats(0, 200, 1);
        String message =
                assertThrows(DataException.class, () -> decode("b.tif", levels)).getMessage();
        assertTrue(
                message.endsWith(
                        "b.tif: has the floating-point sample 200.0, expected 0 to 1; convert the image to 8 or "
                                + "16 bits"),
                message);
        for (float bad : new float[] {-0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            byte[] image = floats(0, bad);
            assertThrows(DataException.class, () -> decode("c.tif", image));
        }
        byte[] integers = EncodedImages.tiffOf32Bits(1, 0, 200, 255);
        String other = assertThrows(DataException.class, () -> decode("d.tif", integers))
                .getMessage();
        assertTrue(
                other.endsWith("d.tif: has integer samples of 32 bits, expected 8 or 16; convert the image to 8 or 16 "
                        + "bits"),
                other);
    }

    @Test
    void pgmOfTwelveBitsHasItsOwnWhite() throws IOException {
        byte[] pgm = Arrays.copyOf("P5 2 1 4095\n".getBytes(StandardCharsets.US_ASCII), 16);
        pgm[12] = 1200 >> 8;
        pgm[13] = (byte) (1200 & 255);
        pgm[14] = 4095 >> 8;
        pgm[15] = (byte) (4095 & 255);
        byte[] rgb = decode("a.pgm", pgm).rgb();
        assertEquals(List.of(75, 255), List.of(rgb[0] & 255, rgb[3] & 255));
    }

    @Test
    void colorsOfTwelveBitsAreScaled() throws IOException {
        int[] values = {0, 4095, 1200};
        java.awt.image.ComponentColorModel model = new java.awt.image.ComponentColorModel(
                java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_sRGB),
                false,
                false,
                java.awt.Transparency.OPAQUE,
                DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
        raster.setPixel(0, 0, values);
        Path file = root.resolve("a.png");
        Files.write(file, EncodedImages.encode(new BufferedImage(model, raster, false, null), "png"));
        assertArrayEquals(
                new byte[] {0, (byte) 255, (byte) Math.round(1200 * 255.0 / 4095)},
                ImageDecoder.decode(file, 12, PixelLimit.HEAP).rgb());
    }

    @Test
    void theUsedBitsAreThoseOfTheLargestSample() throws IOException {
        int[][] cases = {{255, 8}, {1023, 10}, {1024, 12}, {4095, 12}, {4096, 14}, {16_383, 14}, {16_384, 16}};
        for (int[] one : cases) {
            BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_USHORT_GRAY);
            image.getRaster().setSample(1, 1, 0, one[0]);
            Path file = Files.write(root.resolve(one[0] + ".png"), EncodedImages.encode(image, "png"));
            Optional<SampleBits> found = SampleBits.of(List.of(sample(file)));
            assertEquals(one[0], found.orElseThrow().max());
            assertEquals(one[1], found.orElseThrow().bits());
        }
        Path plain = root.resolve("plain.png");
        Files.write(plain, EncodedImages.encode(pattern(9, 9, BufferedImage.TYPE_INT_RGB), "png"));
        assertEquals(Optional.empty(), SampleBits.of(List.of(sample(plain))));
        assertEquals(16, SampleBits.of(Optional.empty()));
    }

    private static Sample sample(Path file) {
        return new Sample("a", file, 3, 3, Optional.empty(), Optional.empty());
    }

    /** C = 200, M = 100, Y = 0, K = 51 of 255 as ink: (1 - c)(1 - k) of each. */
    @ParameterizedTest
    @CsvSource({"-1, false", "0, true", "2, true"})
    void inksBecomeTheLightThatTheyLeave(int transform, boolean inverted) throws IOException {
        int[] inks = {200, 100, 0, 51};
        int[] stored = inks.clone();
        for (int i = 0; i < 4 && inverted; i++) {
            stored[i] = 255 - stored[i];
        }
        if (transform == 2) {
            // libjpeg: the first three are the luma and chroma of the complement of the stored inks.
            double r = 255 - stored[0];
            double g = 255 - stored[1];
            double b = 255 - stored[2];
            double y = 0.299 * r + 0.587 * g + 0.114 * b;
            stored[0] = (int) Math.round(y);
            stored[1] = (int) Math.round((b - y) / 1.772 + 128);
            stored[2] = (int) Math.round((r - y) / 1.402 + 128);
        }
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(i % 16, i / 16, stored);
        }
        byte[] rgb = decode("a.jpg", EncodedImages.inks(raster, transform)).rgb();
        for (int color = 0; color < 3; color++) {
            assertEquals((255 - inks[color]) * (255 - 51) / 255.0, rgb[color] & 255, 3);
        }
    }

    @Test
    void theFirstFrameOfGifLiesOnItsScreen() throws IOException {
        BufferedImage frame = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        frame.setRGB(0, 0, 0xFFFFFFFF);
        byte[] gif = EncodedImages.encode(frame, "gif");
        gif[6] = 5; // columns of the screen
        gif[8] = 4;
        int descriptor = 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << (gif[10] & 7) + 1);
        while (gif[descriptor] == 0x21) {
            descriptor += 2;
            while (gif[descriptor] != 0) {
                descriptor += 1 + gif[descriptor];
            }
            descriptor++;
        }
        gif[descriptor + 1] = 2; // left
        gif[descriptor + 3] = 3; // top
        DecodedImage image = decode("a.gif", gif);
        assertEquals(List.of(5, 4), List.of(image.width(), image.height()));
        assertEquals(255, image.rgb()[3 * (3 * 5 + 2)] & 255);
        assertEquals(0, image.rgb()[3 * (3 * 5 + 3)] & 255);
    }

    /** Every prefix of a file is refused in one line; nothing else is thrown. */
    @ParameterizedTest
    @ValueSource(strings = {"tif", "gif", "webp", "ppm"})
    void aFileCutAnywhereIsRefused(String ending) throws IOException {
        BufferedImage image = pattern(20, 10, BufferedImage.TYPE_INT_RGB);
        byte[] ppm = "P6 20 10 255\n".getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = switch (ending) {
            case "webp" -> EncodedImages.webp(20, 10, 1, 2, 3, 0);
            case "ppm" -> Arrays.copyOf(ppm, ppm.length + 600);
            case "gif" -> EncodedImages.encode(pattern(20, 10, BufferedImage.TYPE_BYTE_INDEXED), "gif");
            default -> EncodedImages.encode(image, "tiff");
        };
        Path file = root.resolve("a." + ending);
        Files.write(file, bytes);
        ImageDecoder.decode(file);
        int last = ending.equals("gif") ? bytes.length - 1 : bytes.length; // the trailer follows all frames
        for (int length = 0; length < last; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            DataException e = assertThrows(
                    DataException.class, () -> ImageDecoder.decode(file), ending + " cut to " + length + " bytes");
            assertTrue(!e.getMessage().contains("\n"), e.getMessage());
        }
    }

    /** The decoder would reserve memory for the size in the frame, 16383 x 16383 pixels, whatever the canvas. */
    @Test
    @Timeout(20)
    void webpFramesOfAnotherSizeThanTheirCanvasAreRefused() throws IOException {
        byte[] lossy = EncodedImages.lossyWebp();
        byte[] lossless = EncodedImages.webp(30, 7, 200, 100, 50, 1);
        assertEquals(19, decode("a.webp", lossy).width());
        assertEquals(30, decode("b.webp", lossless).width());
        byte[] largeLossy = lossy.clone();
        Arrays.fill(largeLossy, 70, 74, (byte) 0x3F);
        assertRefused("states 19 x 13 pixels, but contains an image of 16191 x 16191", largeLossy);
        byte[] largeLossless = lossless.clone();
        Arrays.fill(largeLossless, 39, 42, (byte) 0xFF);
        assertRefused("states 30 x 7 pixels, but contains an image of 16384 x ", largeLossless);
        Arrays.fill(largeLossy, 24, 30, (byte) 0);
        for (int at : new int[] {24, 27}) {
            largeLossy[at] = 0x3E;
            largeLossy[at + 1] = 0x3F;
        }
        assertRefused("states 16191 x 16191 pixels, more than the 68 bytes of its image can contain", largeLossy);
        byte[] simple = new byte[12 + 8 + 68];
        System.arraycopy(lossy, 0, simple, 0, 12);
        System.arraycopy(lossy, 56, simple, 12, 76);
        simple[4] = 80;
        assertEquals(19, decode("c.webp", simple).width());
        Arrays.fill(simple, 26, 30, (byte) 0x3F);
        assertRefused("states 16191 x 16191 pixels, more than the 68 bytes of its image can contain", simple);
        byte[] withoutStart = lossy.clone();
        withoutStart[67] = 0;
        assertRefused("its chunk VP8 does not start with an image", withoutStart);
        byte[] empty = lossy.clone();
        empty[56] = 'X';
        assertRefused("is a WebP without an image", empty);
    }

    @Test
    void theFirstFrameOfAnAnimatedWebpHasItsOwnSize() throws IOException {
        byte[] still = EncodedImages.webp(30, 7, 200, 100, 50, 0);
        int image = still.length - 12;
        ByteBuffer file = ByteBuffer.allocate(12 + 18 + 14 + 24 + image).order(ByteOrder.LITTLE_ENDIAN);
        file.put(still, 0, 12).putInt(4, file.capacity() - 8);
        file.put(new byte[] {'V', 'P', '8', 'X'}).putInt(10).putInt(2);
        file.put(new byte[] {63, 0, 0, 63, 0, 0}); // canvas of 64 x 64
        file.put(new byte[] {'A', 'N', 'I', 'M'}).putInt(6).put(new byte[6]);
        file.put(new byte[] {'A', 'N', 'M', 'F'}).putInt(16 + image).put(new byte[6]);
        file.put(new byte[] {29, 0, 0, 6, 0, 0, 0, 0, 0, 0});
        file.put(still, 12, image);
        assertEquals(List.of(30, 7), size(decode("a.webp", file.array())));
        file.put(12 + 18 + 14 + 8 + 6, (byte) 28);
        assertRefused("states 29 x 7 pixels, but contains an image of 30 x 7", file.array());
    }

    private static List<Integer> size(DecodedImage image) {
        return List.of(image.width(), image.height());
    }

    private void assertRefused(String expected, byte[] bytes) {
        String message = assertThrows(DataException.class, () -> decode("refused.webp", bytes))
                .getMessage();
        assertTrue(message.contains(expected) && message.contains("refused.webp"), message);
    }

    /** 700 bytes that declare 4 gigapixels, and an image above the option's limit. */
    @Test
    @Timeout(20)
    void imagesAboveTheLimitAreRefusedFromTheirHeader() throws IOException {
        byte[] png = EncodedImages.encode(pattern(8, 8, BufferedImage.TYPE_INT_RGB), "png");
        byte[] large = png.clone();
        large[17] = 0;
        large[18] = (byte) 0xFF;
        large[19] = 0;
        large[22] = (byte) 0xFF;
        large[23] = 0;
        assertTrue(assertThrows(DataException.class, () -> decode("a.png", large))
                .getMessage()
                .contains("states 65280 x 65280 pixels, more than the limit"));
        Path file = Files.write(root.resolve("b.png"), png);
        assertTrue(
                assertThrows(DataException.class, () -> ImageDecoder.decode(file, 16, PixelLimit.of(63)))
                        .getMessage()
                        .contains(
                                "states 8 x 8 pixels, more than the limit of 63; cut it into tiles, or raise --max-image-pixels"));
        assertEquals(8, ImageDecoder.decode(file, 16, PixelLimit.of(64)).width());
        assertTrue(assertThrows(
                        DataException.class,
                        () -> ImageDecoder.decode(
                                file, png, 16, List.of(PixelLimit.HEAP, PixelLimit.of(63, "--max-upload-pixels"))))
                .getMessage()
                .contains("raise --max-upload-pixels"));
        assertThrows(IllegalArgumentException.class, () -> PixelLimit.of(0));
    }

    /** The size that a sample had when it was read is its limit later. */
    @Test
    void aSampleThatGrewIsRefusedFromItsHeader() throws IOException {
        Path file = Files.write(
                root.resolve("a.png"), EncodedImages.encode(pattern(8, 8, BufferedImage.TYPE_INT_RGB), "png"));
        Sample sample = new Sample("a", file, 8, 8, Optional.empty(), Optional.empty());
        assertEquals(8, ImageDecoder.decode(sample, 16).width());
        byte[] large = EncodedImages.encode(pattern(9, 8, BufferedImage.TYPE_INT_RGB), "png");
        Files.write(file, large);
        assertTrue(assertThrows(DataException.class, () -> ImageDecoder.decode(sample, 16))
                .getMessage()
                .contains("has 9 x 8 pixels, expected 8 x 8 as when it was first read"));
    }

    @Test
    @Timeout(20)
    void pipesAndDevicesAreRefused() throws Exception {
        Path pipe = root.resolve("a.jpg");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (Path file : List.of(pipe, Path.of("/dev/zero"))) {
            assertTrue(assertThrows(DataException.class, () -> ImageDecoder.decode(file))
                    .getMessage()
                    .contains("is a pipe or a device"));
        }
    }

    /** Boxes and outlines of a file that declares the stored size refer to the stored pixels, others to the upright. */
    @ParameterizedTest
    @CsvSource({"6, 4, true", "4, 6, false", "0, 0, false"})
    void annotationsReferToTheUprightImageUnlessTheyDeclareTheStoredSize(int width, int height, boolean stored)
            throws IOException {
        CocoFolder.in(root)
                .instances(
                        "annotations/instances_train.json",
                        "{\"id\": 7, \"file_name\": \"a.png\", \"width\": " + width + ", \"height\": " + height + "}",
                        "{\"id\": 1, \"name\": \"dent\"}",
                        """
                {"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 0, 2, 1], "segmentation": [[1, 0, 3, 0, 3, 1, 1, 1]], "iscrowd": 0}
                """);
        Files.createDirectories(root.resolve("train"));
        Files.write(
                root.resolve("train/a.png"),
                EncodedImages.pngWithExif(EncodedImages.encode(pattern(6, 4, BufferedImage.TYPE_INT_RGB), "png"), 6));
        Sample sample = DataReader.open(root)
                .read("test", ImageLists.everything(), BadFiles.stop())
                .samples()
                .get(0);
        assertEquals(List.of(4, 6), List.of(sample.width(), sample.height()));
        // Turned clockwise, stored row y is upright column 3 - y, and stored column x is upright row x.
        Box expected = stored ? new Box(0, 3, 1, 4, 3, false) : new Box(0, 1, 0, 3, 1, false);
        assertEquals(List.of(expected), sample.boxes().orElseThrow());
        byte[] mask = ImageDecoder.decode(sample, ImageConversion.of(1000)).mask();
        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 4; x++) {
                boolean inside =
                        x >= expected.xMin() && x < expected.xMax() && y >= expected.yMin() && y < expected.yMax();
                assertEquals(inside ? 1 : 0, mask[4 * y + x]);
            }
        }
    }
}
