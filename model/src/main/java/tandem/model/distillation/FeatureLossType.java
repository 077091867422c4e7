package tandem.model.distillation;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the student's feature maps are drawn to the teacher's. */
public enum FeatureLossType {
    /** Not at all. */
    @JsonProperty("none") NONE,
    /** Mean square over all cells. */
    @JsonProperty("mse") MEAN_SQUARE
}
