package tandem.model.settings;

/** How often images of each kind of annotation come. */
public enum Sampling {
    /** A pass visits every image once, so that a scarce kind is rare in every batch. */
    PROPORTIONAL,
    /**
     * Kinds come equally often, as the published training pairs a batch of each task: a pass visits the images of the
     * largest kind once and goes through those of the others as often as that takes.
     */
    EVEN
}
