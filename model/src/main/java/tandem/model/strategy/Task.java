package tandem.model.strategy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a network is asked for. */
public enum Task {
    /** Boxes. */
    @JsonProperty("detection") DETECTION,
    /** Masks. */
    @JsonProperty("segmentation") SEGMENTATION;

    /** The other one. */
    public Task other() {
        return this == DETECTION ? SEGMENTATION : DETECTION;
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
