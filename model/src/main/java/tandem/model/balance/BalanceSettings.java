package tandem.model.balance;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the tasks share the encoder.
 *
 * @param method what weighs their gradients
 */
public record BalanceSettings(Method method) {

    /** Ways to weigh the tasks. */
    public enum Method {
        /** By the fixed weights of the settings. */
        @JsonProperty("fixed") FIXED
    }

    /** Fixed weights. */
    public static BalanceSettings none() {
        return new BalanceSettings(Method.FIXED);
    }
}
