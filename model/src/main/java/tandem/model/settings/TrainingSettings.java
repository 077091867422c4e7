package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * All settings of a training run except the network and the data. Every checkpoint contains them. A change is made by
 * {@code with} methods: {@code settings.withSchedule(settings.schedule().withEpochs(3))}.
 *
 * @param optimizer how weights follow from gradients
 * @param schedule length of the run and learning rate
 * @param average the moving average of the weights
 * @param batches batches of a step
 * @param losses losses of both tasks and their weights
 * @param precision how activations and filters are stored
 * @param distillation distillation from teachers
 * @param weak weak labels and pseudo-labels
 * @param balance balance of the tasks
 * @param freeze frozen part of the encoder
 * @param validation validation during the run
 * @param seed seed of initial weights, order of images and augmentation
 */
@RecordBuilder
public record TrainingSettings(
        OptimizerSettings optimizer,
        ScheduleSettings schedule,
        AverageSettings average,
        BatchSettings batches,
        LossSettings losses,

        @Setting(
                value = "float32",
                option = "--precision",
                param = "NAME",
                order = 58,
                help =
                        "How activations and filters are stored: float32, bfloat16 (GPUs of compute capability 8.0 or newer) or "
                                + "float16. Weights stay float32.")
        Precision precision,

        DistillationSettings distillation,
        WeakSettings weak,
        BalanceSettings balance,
        FreezeSettings freeze,
        ValidationSettings validation,

        @Setting(
                value = "0",
                option = "--seed",
                param = "N",
                order = 56,
                help = "Fixes initial weights, order of images and augmentation.")
        long seed)
        implements TrainingSettingsBuilder.With {

    /** Rejects settings without one of their parts. */
    public TrainingSettings {
        Checks.present("optimizer", optimizer);
        Checks.present("schedule", schedule);
        Checks.present("average", average);
        Checks.present("batches", batches);
        Checks.present("losses", losses);
        Checks.present("precision", precision);
        Checks.present("distillation", distillation);
        Checks.present("weak", weak);
        Checks.present("balance", balance);
        Checks.present("freeze", freeze);
        Checks.present("validation", validation);
    }

    /** The published recipe with gradient clipping, for a batch of 8: the default of every setting. */
    public static TrainingSettings standard() {
        return SettingsRecord.defaults(TrainingSettings.class);
    }

    /**
     * For runs of a few minutes from random initial weights: AdamW, a short average, masks with three times the weight.
     */
    public static TrainingSettings quick() {
        TrainingSettings standard = standard();
        return standard.withOptimizer(standard.optimizer()
                        .withType(OptimizerSettings.Type.ADAMW)
                        .withWeightDecay(1e-3f))
                .withSchedule(standard.schedule().withLearningRate(6e-4).withWarmupSteps(50))
                .withAverage(AverageSettings.of(0.99f, 200))
                .withLosses(standard.losses().withSegmentationWeight(3));
    }
}
