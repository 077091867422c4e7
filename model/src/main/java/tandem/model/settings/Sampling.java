package tandem.model.settings;

/** How often images of each kind of annotation are used. */
public enum Sampling {
    /** A pass uses every image once, so that a scarce kind is rare in every batch. */
    PROPORTIONAL,
    /**
     * Kinds are used equally often, as in the published training, which pairs a batch of each task: a pass uses the
     * images of the largest kind once and repeats those of the others.
     */
    EVEN
}
