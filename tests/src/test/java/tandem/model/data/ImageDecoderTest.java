package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.model.image.Downscale;
import tandem.model.image.ImageConversion;
import tandem.model.image.Orientation;

class ImageDecoderTest {

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void losslessImagesKeepEveryByte(String ending) throws IOException {
        VocFolder.in(root).image("a." + ending, 300, 7);
        DecodedImage image = ImageDecoder.decode(root.resolve("JPEGImages/a." + ending));
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 300; x++) {
                int i = (y * 300 + x) * 3;
                assertEquals(
                        List.of(x & 255, y, x + y & 255),
                        List.of(image.rgb()[i] & 255, image.rgb()[i + 1] & 255, image.rgb()[i + 2] & 255));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void otherPixelFormatsBecomeRgbWithoutChangingValues(int type) throws IOException {
        BufferedImage image = new BufferedImage(16, 16, type);
        boolean gray = type == BufferedImage.TYPE_BYTE_GRAY || type == BufferedImage.TYPE_USHORT_GRAY;
        byte[] expected = new byte[16 * 16 * 3];
        for (int i = 0; i < 256; i++) {
            if (gray) {
                image.getRaster()
                        .setSample(i % 16, i / 16, 0, type == BufferedImage.TYPE_BYTE_GRAY ? i : i * 256 + 255 - i);
                Arrays.fill(expected, 3 * i, 3 * i + 3, (byte) i);
            } else {
                image.setRGB(
                        i % 16,
                        i / 16,
                        0xFF000000
                                | (i % 6 * 51) << 16
                                | (i / 6 % 6 * 51) << 8
                                | i / 36 % 6 * 51); // in the default palette too
                expected[3 * i] = (byte) (i % 6 * 51);
                expected[3 * i + 1] = (byte) (i / 6 % 6 * 51);
                expected[3 * i + 2] = (byte) (i / 36 % 6 * 51);
            }
        }
        Path file = root.resolve("image.png");
        ImageIO.write(image, "png", file.toFile());
        assertArrayEquals(expected, ImageDecoder.decode(file).rgb());
    }

    @Test
    void grayJpegIsRepeatedAsItIsStored() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 256; i++) {
            image.getRaster().setSample(i % 16, i / 16, 0, 60);
        }
        Path file = root.resolve("gray.jpg");
        ImageIO.write(image, "jpeg", file.toFile());
        for (byte value : ImageDecoder.decode(file).rgb()) {
            assertEquals(60, value, 1);
        }
    }

    /** Every prefix of a file is refused in one line; nothing else is thrown. */
    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp"})
    void aFileCutAnywhereIsRefused(String ending) throws IOException {
        VocFolder.in(root).image("a." + ending, 33, 21);
        byte[] bytes = Files.readAllBytes(root.resolve("JPEGImages/a." + ending));
        ImageFormat format =
                ending.equals("jpg") ? ImageFormat.JPEG : ending.equals("png") ? ImageFormat.PNG : ImageFormat.BMP;
        assertEquals(new ImageHeader(format, 33, 21, 3, 8, Orientation.UPRIGHT), ImageHeader.read(root, bytes));
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThrows(
                    DataException.class,
                    () -> ImageHeader.read(root, prefix),
                    () -> "cut to " + prefix.length + " bytes");
        }
    }

    /** Bytes after the end, as some cameras leave them, do no harm. */
    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp"})
    void bytesAfterTheEndDoNoHarm(String ending) throws IOException {
        VocFolder.in(root).image("a." + ending, 33, 21);
        Path file = root.resolve("JPEGImages/a." + ending);
        byte[] clean = ImageDecoder.decode(file).rgb();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 1000));
        assertArrayEquals(clean, ImageDecoder.decode(file).rgb());
    }

    /** Whatever bytes change, the result is an image of some size or one clear error. */
    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp"})
    void damagedFilesNeverThrowAnythingElse(String ending) throws IOException {
        VocFolder.in(root).image("a." + ending, 33, 21);
        Path file = root.resolve("JPEGImages/a." + ending);
        byte[] good = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int trial = 0; trial < 300; trial++) {
            byte[] bad = good.clone();
            for (int i = 0; i < 3; i++) {
                // Sizes stay as they are: an image of 65,500 x 65,500 would be valid, and is another test.
                bad[60 + random.nextInt(bad.length - 60)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try {
                ImageDecoder.decode(file);
            } catch (DataException e) {
                refused++;
                assertTrue(
                        e.getMessage().startsWith(file.toString())
                                && !e.getMessage().contains("\n"),
                        e.getMessage());
            }
        }
        assertTrue(ending.equals("bmp") ? refused == 0 : refused > 100, refused + " of 300 refused");
    }

    @Test
    void anImpossibleSizeIsRefused() throws IOException {
        VocFolder.in(root).image("a.png", 4, 4);
        byte[] bytes = Files.readAllBytes(root.resolve("JPEGImages/a.png"));
        bytes[16] = 0x7F;
        assertTrue(assertThrows(DataException.class, () -> ImageHeader.read(root, bytes))
                .getMessage()
                .contains("expected 1 to 65500"));
    }

    @Test
    void largeImagesBecomeAveragesOfSquares() {
        int width = 11;
        int height = 7;
        SplittableRandom random = new SplittableRandom(3);
        byte[] rgb = new byte[width * height * 3];
        byte[] mask = new byte[width * height];
        random.nextBytes(rgb);
        random.nextBytes(mask);
        DecodedImage small = new DecodedImage(width, height, 1, width, height, rgb, mask).within(12);
        assertEquals(List.of(4, 3, 3), List.of(small.width(), small.height(), small.factor()));
        assertEquals(11 / 3.0, small.contentWidth(), 1e-6);
        assertEquals(7 / 3.0, small.contentHeight(), 1e-6);
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 4; x++) {
                for (int c = 0; c < 3; c++) {
                    double sum = 0;
                    int count = 0;
                    for (int sy = 3 * y; sy < Math.min(height, 3 * y + 3); sy++) {
                        for (int sx = 3 * x; sx < Math.min(width, 3 * x + 3); sx++) {
                            sum += rgb[(sy * width + sx) * 3 + c] & 255;
                            count++;
                        }
                    }
                    assertEquals(sum / count, small.rgb()[(y * 4 + x) * 3 + c] & 255, 0.5);
                }
            }
        }
        assertEquals(mask[4 * width + 4], small.mask()[1 * 4 + 1]);
        assertEquals(mask[6 * width + 10], small.mask()[2 * 4 + 3]);
    }

    @Test
    void theFactorIsTheSmallestThatFits() {
        assertEquals(1, Downscale.of(100, 100, 10_000).factor());
        assertEquals(2, Downscale.of(100, 100, 9_999).factor());
        assertEquals(2, Downscale.of(101, 99, 51 * 50).factor());
        assertEquals(3, Downscale.of(101, 99, 51 * 50 - 1).factor());
        assertEquals(65_500, Downscale.of(65_500, 65_500, 1).factor());
    }

    @Test
    void theCacheKeepsWhatFitsAndAlwaysGivesTheSame() throws IOException {
        VocFolder.three(root);
        DataSet data = VocReader.open(root).read("test", ImageLists.full("Main/all"), BadFiles.stop());
        long first = 20 * 10 * 4;
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), first + 100);
        assertEquals(200, cache.maxDecodedPixels());
        assertEquals(50, new ImageCache(data, ImageConversion.of(50), 0).maxDecodedPixels());
        DecodedImage a = cache.get(0);
        assertEquals(first, cache.bytes());
        assertEquals(a, cache.get(0), "kept");
        DecodedImage b = cache.get(1);
        assertEquals(first, cache.bytes(), "12 x 16 x 3 bytes do not fit beside it");
        assertArrayEquals(b.rgb(), cache.get(1).rgb());
        assertArrayEquals(ImageDecoder.mask(data.samples().get(0)).orElseThrow(), a.mask());
        assertEquals(Optional.empty(), data.samples().get(1).mask());
    }
}
