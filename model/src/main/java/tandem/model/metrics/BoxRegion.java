package tandem.model.metrics;

/**
 * An axis-aligned box in pixels of the original image. Coordinates are continuous: the image spans [0, width] x [0,
 * height].
 *
 * @param left smallest x
 * @param top smallest y
 * @param right largest x, at least {@code left}
 * @param bottom largest y, at least {@code top}
 */
public record BoxRegion(double left, double top, double right, double bottom) implements Region {

    /** @throws IllegalArgumentException when a coordinate is not finite or the box is inverted */
    public BoxRegion {
        if (!Double.isFinite(left) || !Double.isFinite(top) || !Double.isFinite(right) || !Double.isFinite(bottom)) {
            throw new IllegalArgumentException(
                    "box (%s, %s, %s, %s) has a coordinate that is not finite".formatted(left, top, right, bottom));
        }
        if (right < left || bottom < top) {
            throw new IllegalArgumentException(
                    "box (%s, %s, %s, %s) is inverted: expected left <= right and top <= bottom"
                            .formatted(left, top, right, bottom));
        }
    }

    /** The box of COCO's (x, y, width, height). */
    public static BoxRegion ofCorner(double x, double y, double width, double height) {
        return new BoxRegion(x, y, x + width, y + height);
    }

    /** right - left. */
    public double width() {
        return right - left;
    }

    /** bottom - top. */
    public double height() {
        return bottom - top;
    }

    @Override
    public double area() {
        return width() * height();
    }

    /** Intersection over union; 0 for boxes without a common area, empty ones included. */
    public double intersectionOverUnion(BoxRegion other) {
        return overlap(other, false);
    }

    /**
     * Intersection over union in VOC's convention, where coordinates are pixel indices and both ends belong to the box:
     * width and height are one pixel larger than the difference of the ends (VOC development kit). For coordinates that
     * are pixel edges, such as those of {@link tandem.model.data.Box} , {@link #intersectionOverUnion} gives the same
     * result.
     */
    public double inclusiveIntersectionOverUnion(BoxRegion other) {
        double width = Math.min(right, other.right) - Math.max(left, other.left) + 1;
        double height = Math.min(bottom, other.bottom) - Math.max(top, other.top) + 1;
        if (width <= 0 || height <= 0) {
            return 0;
        }
        double shared = width * height;
        return shared / ((width() + 1) * (height() + 1) + (other.width() + 1) * (other.height() + 1) - shared);
    }

    @Override
    public double overlap(Region truth, boolean crowd) {
        if (!(truth instanceof BoxRegion box)) {
            throw new IllegalArgumentException("a box can only be compared with a box, not with a mask");
        }
        double width = Math.min(right, box.right) - Math.max(left, box.left);
        double height = Math.min(bottom, box.bottom) - Math.max(top, box.top);
        if (width <= 0 || height <= 0) {
            return 0;
        }
        double shared = width * height;
        return shared / (crowd ? area() : area() + box.area() - shared);
    }
}
