package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;

/**
 * Length of a run and learning rate.
 *
 * @param epochs passes over the data, each as long as {@link BatchSettings#sampling} makes it
 * @param learningRate the peak
 * @param warmupSteps steps until the peak; at most a tenth of the run is used
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
        int warmupSteps)
        implements ScheduleSettingsBuilder.With {

    /** Rejects invalid settings. */
    public ScheduleSettings {
        Checks.atLeast("epochs", epochs, 1);
        Checks.positive("learningRate", learningRate);
        Checks.atLeast("warmupSteps", warmupSteps, 0);
    }
}
