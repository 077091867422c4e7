package tandem.model.data;

import java.util.List;
import tandem.model.image.Orientation;

/**
 * The pixels that annotations refer to: those of the upright image, or those of the stored image where the annotation
 * file declares its size.
 *
 * @param width columns
 * @param height rows
 * @param turn from these pixels to those of the upright image
 */
record AnnotatedSize(int width, int height, Orientation turn) {

    /**
     * The size for a declared one.
     *
     * @param width declared columns, 0 for none
     * @param height declared rows, 0 for none
     */
    static AnnotatedSize of(ImageHeader image, int width, int height) {
        boolean stored = image.orientation().isTransposed()
                && width == image.height()
                && height == image.width()
                && width != height;
        return stored
                ? new AnnotatedSize(width, height, image.orientation())
                : new AnnotatedSize(image.width(), image.height(), Orientation.UPRIGHT);
    }

    /** Boxes in the upright image. */
    List<Box> boxes(List<Box> boxes) {
        return turn == Orientation.UPRIGHT
                ? boxes
                : boxes.stream().map(this::box).toList();
    }

    private Box box(Box box) {
        float[] edges = turn.turn(new float[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()}, width, height);
        return new Box(box.label(), edges[0], edges[1], edges[2], edges[3], box.difficult());
    }

    /** A mask of the upright image. */
    ClassMask mask(ClassMask mask) {
        return turn == Orientation.UPRIGHT ? mask : new TurnedMask(mask, turn);
    }
}
