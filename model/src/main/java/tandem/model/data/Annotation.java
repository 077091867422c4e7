package tandem.model.data;

/** The annotations of an image. */
public enum Annotation {
    /** Boxes only. */
    BOXES,
    /** A class mask only. */
    MASK,
    /** Boxes and a class mask. */
    BOTH,
    /** Nothing. */
    NEITHER
}
