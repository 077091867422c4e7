package tandem.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How activations and filters are stored in training. Weights, their average, losses and statistics are float32 always. */
public enum Precision {
    /** 32-bit floats. */
    @JsonProperty("float32") FLOAT32,
    /** 16-bit brain floats: the exponent of float32, 8 bits of precision. */
    @JsonProperty("bfloat16") BFLOAT16,
    /** 16-bit IEEE floats, with the loss scaled so that small gradients survive. */
    @JsonProperty("float16") FLOAT16
}
