package tandem.model.settings;

/** Losses between the feature maps of student and teacher; {@code CellWeights} has the formulas. */
public enum FeatureLossType {
    /** None. */
    NONE,
    /** Mean square over all cells. */
    MSE,
    /**
     * Guided by predictions: cells where student and teacher disagree have higher weights; combined with an output loss
     * of the same kind.
     */
    PDF,
    /** Foreground and background separately, each with one half of the weight. */
    DEFEAT
}
