package tandem.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;

/**
 * How the stored pixels of an image must be turned to be upright: the values 1 to 8 of EXIF's tag {@code Orientation}
 * (CIPA DC-008, section 4.6.4), in this order.
 */
public enum Orientation {
    /** The stored image is upright. */
    UPRIGHT(false, false, false),
    /** Mirrored left to right. */
    MIRRORED(false, true, false),
    /** Turned by 180 degrees. */
    HALF_TURN(false, true, true),
    /** Mirrored top to bottom. */
    FLIPPED(false, false, true),
    /** Rows and columns exchanged. */
    TRANSPOSED(true, false, false),
    /** To be turned clockwise by 90 degrees. */
    CLOCKWISE(true, true, false),
    /** Rows and columns exchanged along the other diagonal. */
    TRANSVERSED(true, true, true),
    /** To be turned counterclockwise by 90 degrees. */
    COUNTERCLOCKWISE(true, false, true);

    private static final Orientation[] BY_TAG = values();

    private final boolean transposed;
    private final boolean fromRight;
    private final boolean fromBottom;

    Orientation(boolean transposed, boolean fromRight, boolean fromBottom) {
        this.transposed = transposed;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /** The orientation of a tag's value; upright for values that the standard does not define. */
    public static Orientation of(int tag) {
        return tag >= 1 && tag <= BY_TAG.length ? BY_TAG[tag - 1] : UPRIGHT;
    }

    /** Whether the upright image has as many columns as the stored one has rows. */
    public boolean isTransposed() {
        return transposed;
    }

    /**
     * The upright image.
     *
     * @param pixels (height, width, channels) bytes of the stored image
     * @return (height, width, channels) bytes of the upright image; {@code pixels} itself when that is the stored one
     */
    public byte[] turn(byte[] pixels, int width, int height, int channels) {
        if (this == UPRIGHT) {
            return pixels;
        }
        byte[] turned = new byte[pixels.length];
        int columns = transposed ? height : width;
        for (int y = 0, from = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int to = (row(x, y, width, height) * columns + column(x, y, width, height)) * channels;
                for (int channel = 0; channel < channels; channel++) {
                    turned[to + channel] = pixels[from++];
                }
            }
        }
        return turned;
    }

    /** The upright image, of the same type. */
    public BufferedImage turn(BufferedImage image) {
        if (this == UPRIGHT) {
            return image;
        }
        int width = image.getWidth();
        int height = image.getHeight();
        WritableRaster raster = image.getRaster()
                .createCompatibleWritableRaster(transposed ? height : width, transposed ? width : height);
        Object pixel = null;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                pixel = image.getRaster().getDataElements(x, y, pixel);
                raster.setDataElements(column(x, y, width, height), row(x, y, width, height), pixel);
            }
        }
        return new BufferedImage(image.getColorModel(), raster, image.isAlphaPremultiplied(), null);
    }

    private int column(int x, int y, int width, int height) {
        int along = transposed ? y : x;
        return fromRight ? (transposed ? height : width) - 1 - along : along;
    }

    private int row(int x, int y, int width, int height) {
        int along = transposed ? x : y;
        return fromBottom ? (transposed ? width : height) - 1 - along : along;
    }

    /**
     * The edges of a box in the upright image.
     *
     * @param box (left, top, right, bottom) in pixel edges of the stored image
     * @param width columns of the stored image
     * @param height rows of the stored image
     */
    public float[] turn(float[] box, float width, float height) {
        float[] x = transposed ? new float[] {box[1], box[3]} : new float[] {box[0], box[2]};
        float[] y = transposed ? new float[] {box[0], box[2]} : new float[] {box[1], box[3]};
        float columns = transposed ? height : width;
        float rows = transposed ? width : height;
        return new float[] {
            fromRight ? columns - x[1] : x[0],
            fromBottom ? rows - y[1] : y[0],
            fromRight ? columns - x[0] : x[1],
            fromBottom ? rows - y[0] : y[1]
        };
    }
}
