package tandem.model.settings;

/** Losses between the feature maps of student and teacher; {@code CellWeights} has the formulas. */
public enum FeatureLossType {
    /** None. */
    NONE,
    /** Mean square over all cells. */
    MSE,
    /** Guided by predictions: most where student and teacher disagree, beside a loss of outputs of the same kind. */
    PDF,
    /** Foreground and background apart, each for one half. */
    DEFEAT
}
