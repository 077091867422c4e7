package tandem.model.distillation;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the student's feature maps are drawn to the teacher's; see {@link CellWeights}. */
public enum FeatureLossType {
    /** Not at all. */
    @JsonProperty("none")
    NONE,
    /** Mean square over all cells. */
    @JsonProperty("mse")
    MEAN_SQUARE,
    /** Guided by predictions: most where student and teacher disagree, beside a loss of outputs of the same kind. */
    @JsonProperty("pdf")
    PDF,
    /** Foreground and background apart, each for one half. */
    @JsonProperty("defeat")
    DEFEAT
}
