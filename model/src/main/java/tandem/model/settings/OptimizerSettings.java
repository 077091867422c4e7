package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;

/**
 * The optimizer.
 *
 * @param type the update rule
 * @param momentum of {@link Type#SGD}
 * @param weightDecay on parameters of more than one dimension
 * @param gradientClip max norm of the gradient of all parameters together; 0 for no clipping
 */
@RecordBuilder
public record OptimizerSettings(
        @Setting(
                value = "sgd",
                option = "--optimizer",
                param = "NAME",
                order = 44,
                help = "sgd or adamw.",
                was = "/optimizer")
        Type type,

        @Setting(
                value = "0.9",
                option = "--momentum",
                param = "X",
                order = 46,
                help = "Momentum of sgd.",
                was = "/momentum")
        float momentum,

        @Setting(
                value = "5e-4",
                option = "--weight-decay",
                param = "X",
                order = 47,
                help = "Weight decay of filters.",
                was = "/weightDecay")
        float weightDecay,

        @Setting(
                value = "10",
                option = "--clip",
                param = "NORM",
                order = 48,
                help = "Max norm of the gradient; 0 for no clipping.",
                was = "/gradientClip")
        float gradientClip)
        implements OptimizerSettingsBuilder.With {

    /** Update rules. */
    public enum Type {
        /** Stochastic gradient descent with momentum. */
        SGD,
        /** Adam with decoupled weight decay (Loshchilov and Hutter 2019), betas 0.9 and 0.999. */
        ADAMW
    }

    /** Rejects invalid settings. */
    public OptimizerSettings {
        Checks.present("the optimizer", type);
        Checks.belowOne("momentum", momentum);
        Checks.atLeast("weightDecay", weightDecay, 0);
        Checks.atLeast("gradientClip", gradientClip, 0);
    }
}
