package tandem.model.network;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the levels of the pyramid exchange what they know. */
public enum NeckType {
    /** Top-down additions (Lin et al. 2017). */
    @JsonProperty("fpn")
    FPN,
    /** Top-down, then bottom-up additions (Liu et al. 2018). */
    @JsonProperty("pafpn")
    PAFPN
}
