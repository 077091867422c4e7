package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * The balance of the tasks.
 *
 * @param method how losses or gradients are weighted
 * @param measureEvery steps from one measurement of both tasks' gradients to the next; 0 for none. A measured step
 *     gives the same weights as any other, and takes longer
 * @param learningRate {@link Method#UNCERTAINTY}: factor of the learning rate for the log variances;
 *     {@link Method#GRADNORM}: learning rate of the task weights
 * @param alpha {@link Method#GRADNORM}: strength with which a slower task gets a larger gradient; 0 for equal gradients
 */
@RecordBuilder
public record BalanceSettings(
        @Setting(
                value = "fixed",
                option = "--balance",
                param = "NAME",
                order = 60,
                help =
                        "How the tasks are weighted: fixed, uncertainty (learned), gradnorm (by the norms of their gradients), or "
                                + "pcgrad (opposing parts of their gradients left out; takes longer).")
        Method method,

        @Setting(
                value = "0",
                option = "--measure-every",
                param = "STEPS",
                order = 63,
                help =
                        "Measure norms and angle of both tasks' gradients every STEPS steps, for the log and the report; 0 for "
                                + "never. A measured step takes longer and more memory. Default: 50, with gradnorm 5.")
        int measureEvery,

        @Setting(
                value = "0",
                option = {"--balance-learning-rate", "--balance-rate"},
                param = "X",
                order = 61,
                help =
                        "uncertainty: factor of the learning rate for the log variances (default: 1). gradnorm: step of the weights "
                                + "(default: 0.025).",
                was = "rate")
        float learningRate,

        @Setting(
                value = "0",
                option = "--balance-alpha",
                param = "X",
                order = 62,
                help = "gradnorm: strength with which a slower task gets a larger gradient. Default: 1.5.")
        float alpha)
        implements BalanceSettingsBuilder.With {

    /** Methods of weighting the tasks. */
    public enum Method {
        /** By the fixed weights of the settings. */
        FIXED,
        /** By learned uncertainties (Kendall et al. 2018). */
        UNCERTAINTY,
        /** By the norms of their gradients (Chen et al. 2018). */
        GRADNORM,
        /**
         * By the fixed weights, without the parts of their gradients that oppose each other; see
         * {@link tandem.engine.optimizer.GradientPair}.
         */
        PCGRAD
    }

    /** Rejects invalid settings. */
    public BalanceSettings {
        if (method == null) {
            throw new IllegalArgumentException("balance settings must name the method");
        }
        if (measureEvery < 0) {
            throw new IllegalArgumentException(
                    "gradients can be measured every step or every few, not every " + measureEvery);
        }
        boolean rated = method == Method.UNCERTAINTY || method == Method.GRADNORM;
        if (rated ? !(learningRate > 0) || Float.isInfinite(learningRate) : learningRate != 0) {
            throw new IllegalArgumentException("balance by " + method + ": the learning rate must be "
                    + (rated ? "positive" : "0") + ", not " + learningRate);
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
        return SettingsRecord.defaults(BalanceSettings.class);
    }

    /** Learned uncertainties, their log variances with the network's learning rate. */
    public static BalanceSettings uncertainty() {
        return none().with(change -> change.method(Method.UNCERTAINTY).learningRate(1));
    }

    /**
     * GradNorm with the published learning rate and an alpha of 1.5, as for different tasks, measured every five steps.
     */
    public static BalanceSettings gradNorm() {
        return none().with(change -> change.method(Method.GRADNORM)
                .measureEvery(5)
                .learningRate(0.025f)
                .alpha(1.5f));
    }

    /** PCGrad. */
    public static BalanceSettings pcGrad() {
        return none().withMethod(Method.PCGRAD);
    }

    /** The default settings of a method. */
    public static BalanceSettings of(Method method) {
        return switch (method) {
            case FIXED -> none();
            case UNCERTAINTY -> uncertainty();
            case GRADNORM -> gradNorm();
            case PCGRAD -> pcGrad();
        };
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
