package tandem.model.balance;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the tasks share the encoder.
 *
 * @param method what weighs their gradients
 * @param measureEvery steps from one measurement of both tasks' gradients to the next; 0 for none. A measured step
 *     gives the same weights as any other, and takes longer
 * @param rate {@link Method#UNCERTAINTY}: factor of the learning rate for the log variances; {@link Method#GRADNORM}:
 *     step of the task weights at each measurement
 * @param alpha {@link Method#GRADNORM}: how much faster a task that learns slowly shall be trained; 0 for equal
 *     gradients
 */
public record BalanceSettings(Method method, int measureEvery, float rate, float alpha) {

    /** Ways to weigh the tasks. */
    public enum Method {
        /** By the fixed weights of the settings. */
        @JsonProperty("fixed")
        FIXED,
        /** By learned uncertainties; see {@link UncertaintyWeights}. */
        @JsonProperty("uncertainty")
        UNCERTAINTY,
        /** By the norms of their gradients; see {@link GradNormWeights}. */
        @JsonProperty("gradnorm")
        GRADNORM,
        /**
         * By the fixed weights, without the parts of their gradients that oppose each other; see
         * {@link tandem.engine.optimizer.GradientPair}.
         */
        @JsonProperty("pcgrad")
        PCGRAD
    }

    /** Rejects what cannot be run. */
    public BalanceSettings {
        if (method == null) {
            throw new IllegalArgumentException("balance settings must name the method");
        }
        if (measureEvery < 0) {
            throw new IllegalArgumentException(
                    "gradients can be measured every step or every few, not every " + measureEvery);
        }
        boolean rated = method == Method.UNCERTAINTY || method == Method.GRADNORM;
        if (rated ? !(rate > 0) || Float.isInfinite(rate) : rate != 0) {
            throw new IllegalArgumentException(
                    "balance by " + method + ": the rate must be " + (rated ? "positive" : "0") + ", not " + rate);
        }
        if (method == Method.GRADNORM ? !(alpha >= 0) || Float.isInfinite(alpha) : alpha != 0) {
            throw new IllegalArgumentException("balance by " + method + ": alpha must be "
                    + (method == Method.GRADNORM ? "at least 0" : "0") + ", not " + alpha);
        }
        if (method == Method.GRADNORM && measureEvery == 0) {
            throw new IllegalArgumentException("GradNorm needs measurements: measureEvery must be at least 1");
        }
    }

    /** Fixed weights, nothing measured. */
    public static BalanceSettings none() {
        return new BalanceSettings(Method.FIXED, 0, 0, 0);
    }

    /** Learned uncertainties, their log variances learned at the network's rate. */
    public static BalanceSettings uncertainty() {
        return new BalanceSettings(Method.UNCERTAINTY, 0, 1, 0);
    }

    /** GradNorm with the published rate and an alpha of 1.5, as for tasks that differ, measured every five steps. */
    public static BalanceSettings gradNorm() {
        return new BalanceSettings(Method.GRADNORM, 5, 0.025f, 1.5f);
    }

    /** PCGrad. */
    public static BalanceSettings pcGrad() {
        return new BalanceSettings(Method.PCGRAD, 0, 0, 0);
    }

    /** The same with other measurements. */
    public BalanceSettings withMeasureEvery(int steps) {
        return new BalanceSettings(method, steps, rate, alpha);
    }

    /** Whether the weights of the losses change from step to step. */
    public boolean varies() {
        return method == Method.UNCERTAINTY || method == Method.GRADNORM;
    }

    /** Whether both tasks are needed. */
    public boolean needsBothTasks() {
        return method == Method.GRADNORM || method == Method.PCGRAD;
    }

    /** Whether step {@code step}, from 0, is measured. */
    public boolean measures(long step) {
        return measureEvery > 0 && step % measureEvery == 0;
    }
}
