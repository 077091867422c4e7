package tandem.model.metrics;

/** The part of an image that an object covers: a {@link BoxRegion} or a {@link MaskRegion}. */
public sealed interface Region permits BoxRegion, MaskRegion {

    /** Covered area in pixels. */
    double area();

    /**
     * Intersection over union with a true region of the same kind. Against a crowd, the union is this region alone, so
     * that a detection inside the crowd has the overlap 1 (COCO).
     *
     * @return a number in [0, 1]; 0 when they do not touch
     * @throws IllegalArgumentException when {@code truth} is of the other kind or of an image of another size
     */
    double overlap(Region truth, boolean crowd);
}
