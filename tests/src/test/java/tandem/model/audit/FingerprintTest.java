package tandem.model.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tandem.model.data.DecodedImage;
import tandem.model.figure.ImageFiles;

/** Fingerprints of images and the search for duplicates. */
class FingerprintTest {

    private static DecodedImage decoded(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            int color = picture.getRGB(i % width, i / width);
            rgb[3 * i] = (byte) (color >> 16);
            rgb[3 * i + 1] = (byte) (color >> 8);
            rgb[3 * i + 2] = (byte) color;
        }
        return new DecodedImage(width, height, 1, width, height, rgb, null);
    }

    private static Fingerprint print(BufferedImage picture) {
        DecodedImage image = decoded(picture);
        return Fingerprint.of(image, Luma.of(image));
    }

    /** Blobs over a slope with grain: a scene of its own for each seed, or one scene with other grain. */
    private static BufferedImage picture(int width, int height, long scene, long grain) {
        SplittableRandom blobs = new SplittableRandom(scene);
        SplittableRandom noise = new SplittableRandom(grain);
        double[][] blob = new double[30][];
        for (int i = 0; i < blob.length; i++) {
            blob[i] = new double[] {
                blobs.nextDouble() * width,
                blobs.nextDouble() * height,
                (0.01 + 0.1 * blobs.nextDouble()) * width,
                blobs.nextDouble(-90, 90)
            };
        }
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double value = 128 + noise.nextDouble(-25, 25);
                for (double[] b : blob) {
                    value += b[3] * Math.exp(-((x - b[0]) * (x - b[0]) + (y - b[1]) * (y - b[1])) / (2 * b[2] * b[2]));
                }
                int v = (int) Math.max(0, Math.min(255, value));
                picture.setRGB(x, y, v << 16 | v << 8 | v);
            }
        }
        return picture;
    }

    private static BufferedImage redraw(
            BufferedImage picture, int width, int height, boolean mirrored, boolean upsideDown) {
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(
                picture,
                mirrored ? width : 0,
                upsideDown ? height : 0,
                mirrored ? -width : width,
                upsideDown ? -height : height,
                null);
        graphics.dispose();
        return result;
    }

    private static BufferedImage jpeg(BufferedImage picture, double quality) {
        try {
            return ImageIO.read(new ByteArrayInputStream(ImageFiles.jpeg(picture, quality)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static BufferedImage darker(BufferedImage picture) {
        BufferedImage result = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int v = (int) (0.7 * (picture.getRGB(x, y) & 0xff)) + 10;
                result.setRGB(x, y, v << 16 | v << 8 | v);
            }
        }
        return result;
    }

    @Test
    void copiesAreFoundHoweverTheyWereMade() {
        List<UnaryOperator<BufferedImage>> ways = List.of(
                p -> p,
                p -> jpeg(p, 0.6),
                p -> redraw(p, 150, 110, false, false),
                FingerprintTest::darker,
                p -> redraw(p, p.getWidth(), p.getHeight(), true, false),
                p -> redraw(p, p.getWidth(), p.getHeight(), false, true),
                p -> jpeg(redraw(p, p.getWidth(), p.getHeight(), true, true), 0.8));
        int[] flips = {0, 0, 0, 0, 1, 2, 3};
        List<Fingerprint> prints = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            BufferedImage original = picture(200, 160, 100 + i, i);
            prints.add(print(original));
            prints.add(print(ways.get(i).apply(original)));
        }
        List<NearDuplicates.Pair> pairs = NearDuplicates.find(prints).pairs();
        assertEquals(ways.size(), pairs.size(), pairs::toString);
        for (int i = 0; i < ways.size(); i++) {
            NearDuplicates.Pair pair = pairs.get(i);
            assertEquals(List.of(2 * i, 2 * i + 1, flips[i]), List.of(pair.a(), pair.b(), pair.flip()));
            assertEquals(i == 0, pair.samePixels());
        }
    }

    /**
     * What a fixed camera sees: the scene is the same in all, only grain differs. A look at the whole takes them for
     * copies.
     */
    @Test
    void imagesOfOneSceneAreNotCopies() {
        List<Fingerprint> prints = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            prints.add(print(picture(192, 192, 7, 1000 + i)));
        }
        assertEquals(List.of(), NearDuplicates.find(prints).pairs());
    }

    @Test
    void uniformImagesAreDuplicatesOnlyWithEqualValues() {
        List<Fingerprint> prints = new ArrayList<>();
        for (int shade : new int[] {100, 100, 180}) {
            BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            picture.setRGB(0, 0, shade << 16 | shade << 8 | shade);
            prints.add(print(picture));
        }
        List<NearDuplicates.Pair> pairs = NearDuplicates.find(prints).pairs();
        assertEquals(1, pairs.size());
        assertTrue(pairs.get(0).samePixels() && pairs.get(0).b() == 1);
    }

    @Test
    void figuresWorkedByHand() {
        // 0 60 120 / 30 90 150 / 60 120 255: mean 98.333; Laplacian of the middle 30 + 150 + 60 + 120 - 360 = 0.
        int[] gray = {0, 60, 120, 30, 90, 150, 60, 120, 255};
        byte[] rgb = new byte[27];
        double squares = 0;
        for (int i = 0; i < 9; i++) {
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = (byte) gray[i];
            squares += (gray[i] - 885 / 9.0) * (gray[i] - 885 / 9.0) / 9;
        }
        Luma luma = Luma.of(new DecodedImage(3, 3, 1, 3, 3, rgb, null));
        assertEquals(885 / 9.0 / 255, luma.brightness(), 1e-6);
        assertEquals(Math.sqrt(squares) / 255, luma.contrast(), 1e-6);
        assertEquals(0, luma.sharpness(), 1e-9);
        assertArrayEquals(
                new float[] {(0 + 60 / 2f + 30 / 2f + 90 / 4f) / 2.25f}, new float[] {luma.square(2)[0]}, 1e-4f);
        // A checkerboard of 0 and 255, 4 x 4: the four inner Laplacians are 4 * 255 and -4 * 255, two each, so their
        // deviation is 4.
        byte[] board = new byte[48];
        for (int i = 0; i < 16; i++) {
            board[3 * i] = board[3 * i + 1] = board[3 * i + 2] = (byte) ((i / 4 + i) % 2 * 255);
        }
        assertEquals(4, Luma.of(new DecodedImage(4, 4, 1, 4, 4, board, null)).sharpness(), 1e-5);
        byte[] red = {(byte) 255, 0, 0};
        assertEquals(0.299, Luma.of(new DecodedImage(1, 1, 1, 1, 1, red, null)).brightness(), 1e-6);
    }
}
