package tandem.model.augment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.data.MaskFile;
import tandem.model.image.PixelSize;

/**
 * Cuts the part of a large image that a training step reads, at full resolution. Every second part contains an object,
 * of the boxes or of the mask, at a random place; the others are anywhere, mostly background. A box that is cut is
 * clipped to the part. Where too little of an object remains to be recognized, the remainder is covered with gray and
 * ignored in the mask. An image that is smaller than a part is used whole. The result depends only on the arguments.
 */
public final class CropSampler {

    private static final double AROUND_OBJECT = 0.5;
    private static final int TRIES = 10;
    /** Parts in which a share of a box between these limits remains are avoided. */
    private static final double MIN_CUT = 0.25;

    private static final double MAX_CUT = 0.75;
    /** So much of the shorter side of a part must a cut object extend over, if less than MIN_CUT of it remains. */
    private static final double MIN_EXTENT = 0.5;

    private static final byte GRAY = 114;
    private static final long SALT = 0x632BE59BD9B4E019L;

    private final PixelSize size;

    /** @param size of the parts in pixels of the images */
    public CropSampler(PixelSize size) {
        this.size = size;
    }

    /**
     * A part of an image.
     *
     * @param image its pixels, with the part of the image's mask if it has one
     * @param boxes in pixels of the part
     * @param mask (height, width) of the part; null when none was given
     */
    public record Part(DecodedImage image, List<Box> boxes, byte[] mask) {}

    /**
     * Samples a part.
     *
     * @param image at full size
     * @param boxes the boxes that the loss uses, in pixels of the image
     * @param mask (height, width) the mask that the loss uses: the image's or a generated one; null for none
     */
    public Part draw(DecodedImage image, List<Box> boxes, byte[] mask, long seed) {
        if (image.factor() != 1) {
            throw new IllegalArgumentException("parts are cut from images at full size");
        }
        SplittableRandom random = new SplittableRandom(seed ^ SALT);
        int width = Math.min(size.width(), image.width());
        int height = Math.min(size.height(), image.height());
        if (width == image.width() && height == image.height()) {
            return new Part(image, boxes, mask);
        }
        int[] corner = corner(random, image, boxes, mask, width, height);
        return cut(image, boxes, mask, corner[0], corner[1], width, height);
    }

    /** The upper left corner of the part. */
    private static int[] corner(
            SplittableRandom random, DecodedImage image, List<Box> boxes, byte[] mask, int width, int height) {
        int[] corner = null;
        for (int i = 0; i < TRIES; i++) {
            int[] object = random.nextDouble() < AROUND_OBJECT ? object(random, image, boxes, mask) : null;
            corner = object == null
                    ? new int[] {random.nextInt(image.width() - width + 1), random.nextInt(image.height() - height + 1)}
                    : new int[] {
                        around(random, object[0], object[2], width, image.width()),
                        around(random, object[1], object[3], height, image.height())
                    };
            if (cutsNone(boxes, corner[0], corner[1], width, height)) {
                return corner;
            }
        }
        return corner;
    }

    /** Left, top, right and bottom of a random object; null when there is none. */
    private static int[] object(SplittableRandom random, DecodedImage image, List<Box> boxes, byte[] mask) {
        if (!boxes.isEmpty()) {
            Box box = boxes.get(random.nextInt(boxes.size()));
            return new int[] {
                (int) Math.floor(box.xMin()),
                (int) Math.floor(box.yMin()),
                (int) Math.ceil(box.xMax()),
                (int) Math.ceil(box.yMax())
            };
        }
        if (mask == null) {
            return null;
        }
        int objects = 0;
        for (byte label : mask) {
            objects += isObject(label) ? 1 : 0;
        }
        if (objects == 0) {
            return null;
        }
        int wanted = random.nextInt(objects);
        int at = -1;
        while (wanted >= 0) {
            wanted -= isObject(mask[++at]) ? 1 : 0;
        }
        int x = at % image.width();
        int y = at / image.width();
        return new int[] {x, y, x + 1, y + 1};
    }

    private static boolean isObject(byte label) {
        return label != 0 && (label & 0xFF) != MaskFile.IGNORE;
    }

    /** A first pixel so that the part contains the range, or lies inside it where the range is longer. */
    private static int around(SplittableRandom random, int first, int last, int part, int all) {
        int low = Math.max(0, Math.min(last - part, first));
        int high = Math.min(all - part, Math.max(last - part, first));
        return low >= high ? Math.max(0, Math.min(all - part, low)) : low + random.nextInt(high - low + 1);
    }

    private static boolean cutsNone(List<Box> boxes, int left, int top, int width, int height) {
        return boxes.stream().noneMatch(box -> {
            double share = share(box, left, top, width, height);
            return share > MIN_CUT && share < MAX_CUT;
        });
    }

    private static double share(Box box, int left, int top, int width, int height) {
        double across = Math.min(box.xMax(), left + width) - Math.max(box.xMin(), left);
        double down = Math.min(box.yMax(), top + height) - Math.max(box.yMin(), top);
        double area = (double) (box.xMax() - box.xMin()) * (box.yMax() - box.yMin());
        return across > 0 && down > 0 ? across * down / area : 0;
    }

    /** The part with this upper left corner. */
    static Part cut(DecodedImage image, List<Box> boxes, byte[] mask, int left, int top, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), rgb, 3 * width * y, 3 * width);
        }
        byte[] own = part(image.mask(), image.width(), left, top, width, height);
        byte[] used = mask == image.mask() ? own : part(mask, image.width(), left, top, width, height);
        List<Box> kept = new ArrayList<>();
        for (Box box : boxes) {
            double share = share(box, left, top, width, height);
            if (share == 0) {
                continue;
            }
            Box clipped = new Box(
                    box.label(),
                    Math.max(0, box.xMin() - left),
                    Math.max(0, box.yMin() - top),
                    Math.min(width, box.xMax() - left),
                    Math.min(height, box.yMax() - top),
                    box.difficult());
            double longer = Math.max(clipped.xMax() - clipped.xMin(), clipped.yMax() - clipped.yMin());
            if (share >= MIN_CUT || longer >= MIN_EXTENT * Math.min(width, height)) {
                kept.add(clipped);
            } else {
                cover(clipped, rgb, used, width);
                if (own != used) {
                    cover(clipped, rgb, own, width);
                }
            }
        }
        return new Part(new DecodedImage(width, height, 1, width, height, rgb, own), kept, used);
    }

    private static byte[] part(byte[] mask, int columns, int left, int top, int width, int height) {
        if (mask == null) {
            return null;
        }
        byte[] part = new byte[width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(mask, (top + y) * columns + left, part, width * y, width);
        }
        return part;
    }

    private static void cover(Box box, byte[] rgb, byte[] mask, int width) {
        int left = (int) Math.floor(box.xMin());
        int right = (int) Math.ceil(box.xMax());
        for (int y = (int) Math.floor(box.yMin()); y < Math.ceil(box.yMax()); y++) {
            Arrays.fill(rgb, 3 * (y * width + left), 3 * (y * width + right), GRAY);
            if (mask != null) {
                Arrays.fill(mask, y * width + left, y * width + right, (byte) MaskFile.IGNORE);
            }
        }
    }
}
