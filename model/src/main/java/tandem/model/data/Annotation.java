package tandem.model.data;

/** What an image is annotated with. */
public enum Annotation {
    /** Boxes alone. */
    BOXES,
    /** A class mask alone. */
    MASK,
    /** Boxes and a class mask. */
    BOTH,
    /** Nothing. */
    NEITHER
}
