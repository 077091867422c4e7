package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;

/**
 * Length of a run and learning rate.
 *
 * @param epochs passes over the data, each as long as {@link BatchSettings#sampling} makes it
 * @param learningRate the peak
 * @param warmupSteps steps until the peak; at most a tenth of the run is used
 * @param finalShare learning rate at the end, as a share of the peak
 * @param minutes time in which the run ends: the schedule proceeds by the time where this is faster than by the steps,
 *     so that the learning rate has decayed when the time is over; 0 for no limit
 */
@RecordBuilder
public record ScheduleSettings(
        @Setting(
                value = "70",
                option = "--epochs",
                param = "N",
                order = 40,
                help = "Passes over the data.",
                was = "/epochs")
        int epochs,

        @Setting(
                value = "0.01",
                option = {"--learning-rate", "--rate", "--lr"},
                param = "X",
                order = 43,
                help = "Peak learning rate.",
                was = "/learningRate")
        double learningRate,

        @Setting(
                value = "500",
                option = "--warmup",
                param = "STEPS",
                order = 45,
                help = "Steps until the peak learning rate; at most a tenth of the run is used.",
                was = "/warmupSteps")
        int warmupSteps,

        @Setting(
                value = "0.1",
                option = "--final-learning-rate",
                param = "SHARE",
                order = 45,
                help = "Learning rate at the end, as a share of the peak.",
                since = 4)
        double finalShare,

        @Setting(value = "0", since = 4) double minutes)
        implements ScheduleSettingsBuilder.With {

    /** Rejects invalid settings. */
    public ScheduleSettings {
        Checks.atLeast("epochs", epochs, 1);
        Checks.positive("learningRate", learningRate);
        Checks.atLeast("warmupSteps", warmupSteps, 0);
        Checks.share("finalShare", finalShare);
        Checks.atLeast("minutes", minutes, 0);
    }
}
