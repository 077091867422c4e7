package tandem.model.image;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BandedSampleModel;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.List;

/**
 * Images of one row, of each of the 13 types of {@link BufferedImage} and of TYPE_CUSTOM, whose raw samples are set one
 * by one, and their RGB bytes.
 */
public final class ImageTypes {

    /**
     * One image.
     *
     * @param name of the type
     * @param rgb 0..255, width times 3, worked out by hand
     */
    public record Case(String name, BufferedImage image, int... rgb) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final ColorSpace GREY = ColorSpace.getInstance(ColorSpace.CS_GRAY);
    private static final ColorSpace SRGB = ColorSpace.getInstance(ColorSpace.CS_sRGB);

    private static final ColorSpace LINEAR = ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB);

    private ImageTypes() {}

    /** All of them. */
    public static List<Case> all() {
        return List.of(
                new Case(
                        "3BYTE_BGR",
                        raw(BufferedImage.TYPE_3BYTE_BGR, new int[] {10, 20, 30}, new int[] {200, 0, 255}),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                new Case(
                        "INT_RGB",
                        raw(BufferedImage.TYPE_INT_RGB, new int[] {10, 20, 30}, new int[] {200, 0, 255}),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                new Case(
                        "INT_BGR",
                        raw(BufferedImage.TYPE_INT_BGR, new int[] {10, 20, 30}, new int[] {200, 0, 255}),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                // Alpha is dropped: the color of a transparent pixel stays.
                new Case(
                        "INT_ARGB",
                        raw(BufferedImage.TYPE_INT_ARGB, new int[] {10, 20, 30, 0}, new int[] {200, 0, 255, 128}),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                new Case(
                        "4BYTE_ABGR",
                        raw(BufferedImage.TYPE_4BYTE_ABGR, new int[] {10, 20, 30, 0}, new int[] {200, 0, 255, 128}),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                // 50 * 255 / 100 = 127.5, 20 * 255 / 100 = 51, 100 * 255 / 100 = 255; alpha 0 leaves no color.
                new Case(
                        "INT_ARGB_PRE",
                        raw(BufferedImage.TYPE_INT_ARGB_PRE, new int[] {50, 20, 100, 100}, new int[] {0, 0, 0, 0}),
                        128,
                        51,
                        255,
                        0,
                        0,
                        0),
                new Case(
                        "4BYTE_ABGR_PRE",
                        raw(BufferedImage.TYPE_4BYTE_ABGR_PRE, new int[] {50, 20, 100, 100}, new int[] {0, 0, 0, 0}),
                        128,
                        51,
                        255,
                        0,
                        0,
                        0),
                // 15 * 255 / 31 = 123.4, 20 * 255 / 63 = 80.95, 31 is full; 1 * 255 / 31 = 8.2, 63 is full.
                new Case(
                        "USHORT_565_RGB",
                        raw(BufferedImage.TYPE_USHORT_565_RGB, new int[] {15, 20, 31}, new int[] {1, 63, 0}),
                        123,
                        81,
                        255,
                        8,
                        255,
                        0),
                // 20 * 255 / 31 = 164.5
                new Case(
                        "USHORT_555_RGB",
                        raw(BufferedImage.TYPE_USHORT_555_RGB, new int[] {15, 20, 31}, new int[] {1, 31, 0}),
                        123,
                        165,
                        255,
                        8,
                        255,
                        0),
                // Linear gray would make 168 of 100 and 148 of 75.
                new Case(
                        "BYTE_GRAY",
                        raw(BufferedImage.TYPE_BYTE_GRAY, new int[] {100}, new int[] {75}),
                        100,
                        100,
                        100,
                        75,
                        75,
                        75),
                // 100 * 256 + 255 and 75 * 256: the upper 8 bits.
                new Case(
                        "USHORT_GRAY",
                        raw(BufferedImage.TYPE_USHORT_GRAY, new int[] {25855}, new int[] {19200}),
                        100,
                        100,
                        100,
                        75,
                        75,
                        75),
                new Case(
                        "BYTE_BINARY",
                        raw(BufferedImage.TYPE_BYTE_BINARY, new int[] {1}, new int[] {0}),
                        255,
                        255,
                        255,
                        0,
                        0,
                        0),
                new Case("BYTE_INDEXED", indexed(), 7, 8, 9, 100, 100, 100),
                new Case(
                        "custom: gray with alpha",
                        component(GREY, true, false, DataBuffer.TYPE_BYTE, new int[] {100, 3}, new int[] {75, 255}),
                        100,
                        100,
                        100,
                        75,
                        75,
                        75),
                // 50 * 255 / 100 = 127.5
                new Case(
                        "custom: gray multiplied by alpha",
                        component(GREY, true, true, DataBuffer.TYPE_BYTE, new int[] {50, 100}, new int[] {0, 0}),
                        128,
                        128,
                        128,
                        0,
                        0,
                        0),
                new Case(
                        "custom: 16-bit gray with alpha",
                        component(
                                GREY, true, false, DataBuffer.TYPE_USHORT, new int[] {25855, 9}, new int[] {19200, 0}),
                        100,
                        100,
                        100,
                        75,
                        75,
                        75),
                // 100 * 16 + 15 of 4095.
                new Case(
                        "custom: 12-bit gray", gray(12, DataBuffer.TYPE_USHORT, 1615, 1200), 100, 100, 100, 75, 75, 75),
                // 7 * 255 / 15 = 119
                new Case("custom: 4-bit gray", gray(4, DataBuffer.TYPE_BYTE, 7, 15), 119, 119, 119, 255, 255, 255),
                // 25700 / 257 = 100, 19403 / 257 = 75.498, 19404 / 257 = 75.502
                new Case(
                        "custom: 16-bit RGB",
                        component(
                                SRGB, false, false, DataBuffer.TYPE_USHORT, new int[] {25700, 19403, 19404}, new int[] {
                                    65535, 0, 257
                                }),
                        100,
                        75,
                        76,
                        255,
                        0,
                        1),
                new Case(
                        "custom: RGBA bytes, red first",
                        component(SRGB, true, false, DataBuffer.TYPE_BYTE, new int[] {10, 20, 30, 0}, new int[] {
                            200, 0, 255, 9
                        }),
                        10,
                        20,
                        30,
                        200,
                        0,
                        255),
                new Case("custom: RGB bytes in bands", bands(), 10, 20, 30, 200, 0, 255),
                new Case("custom: packed, green first", packed(), 10, 20, 30, 200, 0, 255),
                // 0.4 * 255 = 102; what is outside 0..1 is clipped; 0.1 * 255 = 25.5
                new Case("custom: float gray", floats(GREY, 0.4f, 1.5f), 102, 102, 102, 255, 255, 255),
                new Case("custom: float RGB", floats(SRGB, 0.4f, 1.5f, -1, 0.1f, 0, 1), 102, 255, 0, 26, 0, 255),
                // 255 * (1.055 * (v / 255)^(1 / 2.4) - 0.055) of 10, 20, 30 and 200: 55.75, 79.12, 96.26 and 229.10.
                new Case("3BYTE_BGR of linear RGB", linearBytes(), 56, 79, 96, 229, 0, 255),
                new Case("INT_RGB of linear RGB", linearPacked(), 56, 79, 96, 229, 0, 255),
                // 16384 of 32767 is 127.5039; 100 of 255 is 12850 of 32767
                new Case(
                        "custom: signed 16-bit gray",
                        component(GREY, false, false, DataBuffer.TYPE_SHORT, new int[] {16384}, new int[] {12850}),
                        128,
                        128,
                        128,
                        100,
                        100,
                        100));
    }

    /**
     * An image of the same type, of both pixels in a pattern, with its RGB bytes.
     *
     * @return rows of the case's two pixels: the second inside a rectangle and at some places outside
     */
    public static Case patterned(Case one, int width, int height) {
        BufferedImage source = one.image();
        WritableRaster raster = Raster.createWritableRaster(
                source.getSampleModel().createCompatibleSampleModel(width, height), new Point(0, 0));
        int[] rgb = new int[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = x > width / 4 && x < width / 2 && y > height / 3 && y < height - height / 5;
                int pixel = inside || (x * 7 + y * 13) % 11 == 0 ? 1 : 0;
                raster.setDataElements(x, y, source.getRaster().getDataElements(pixel, 0, null));
                System.arraycopy(one.rgb(), 3 * pixel, rgb, 3 * (y * width + x), 3);
            }
        }
        return new Case(one.name(), image(source.getColorModel(), raster), rgb);
    }

    private static BufferedImage raw(int type, int[] first, int[] second) {
        return fill(new BufferedImage(2, 1, type), first, second);
    }

    private static BufferedImage fill(BufferedImage image, int[]... pixels) {
        for (int x = 0; x < pixels.length; x++) {
            image.getRaster().setPixel(x, 0, pixels[x]);
        }
        return image;
    }

    private static BufferedImage component(
            ColorSpace space, boolean alpha, boolean multiplied, int type, int[] first, int[] second) {
        ColorModel model = new ComponentColorModel(
                space, alpha, multiplied, alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
        return fill(image(model, model.createCompatibleWritableRaster(2, 1)), first, second);
    }

    private static BufferedImage gray(int bits, int type, int first, int second) {
        ColorModel model = new ComponentColorModel(GREY, new int[] {bits}, false, false, Transparency.OPAQUE, type);
        return fill(image(model, model.createCompatibleWritableRaster(2, 1)), new int[] {first}, new int[] {second});
    }

    private static BufferedImage floats(ColorSpace space, float... samples) {
        ColorModel model = new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT);
        WritableRaster raster = model.createCompatibleWritableRaster(2, 1);
        raster.setPixels(0, 0, 2, 1, samples);
        return image(model, raster);
    }

    private static BufferedImage bands() {
        ColorModel model = new ComponentColorModel(SRGB, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster =
                Raster.createWritableRaster(new BandedSampleModel(DataBuffer.TYPE_BYTE, 2, 1, 3), new Point(0, 0));
        return fill(image(model, raster), new int[] {10, 20, 30}, new int[] {200, 0, 255});
    }

    private static BufferedImage packed() {
        ColorModel model = new DirectColorModel(24, 0xFF00, 0xFF0000, 0xFF);
        return fill(
                image(model, model.createCompatibleWritableRaster(2, 1)), new int[] {10, 20, 30}, new int[] {200, 0, 255
                });
    }

    /** Java gives it the type 3BYTE_BGR, whatever its color space. */
    private static BufferedImage linearBytes() {
        ColorModel model = new ComponentColorModel(LINEAR, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster =
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 2, 1, 6, 3, new int[] {2, 1, 0}, new Point(0, 0));
        return fill(image(model, raster), new int[] {10, 20, 30}, new int[] {200, 0, 255});
    }

    private static BufferedImage linearPacked() {
        ColorModel model = new DirectColorModel(LINEAR, 24, 0xFF0000, 0xFF00, 0xFF, 0, false, DataBuffer.TYPE_INT);
        return fill(
                image(model, model.createCompatibleWritableRaster(2, 1)), new int[] {10, 20, 30}, new int[] {200, 0, 255
                });
    }

    /** The second color is gray; the first is transparent, which changes nothing. */
    private static BufferedImage indexed() {
        byte[] red = {7, 100};
        byte[] green = {8, 100};
        byte[] blue = {9, 100};
        BufferedImage image = new BufferedImage(
                2, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, blue, 0));
        return fill(image, new int[] {0}, new int[] {1});
    }

    private static BufferedImage image(ColorModel model, WritableRaster raster) {
        return new BufferedImage(model, raster, model.isAlphaPremultiplied(), null);
    }
}
