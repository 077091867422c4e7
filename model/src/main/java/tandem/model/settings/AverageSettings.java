package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.engine.optimizer.MovingAverage;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * The moving average of the weights, used by evaluation. After n steps its decay is decay (1 - exp(-n / ramp)), or,
 * with a share above 0, 1 - 1 / (share n), at least 0: the average then covers that share of the steps so far, whatever
 * their number (Karras et al. 2024, section 3.1).
 *
 * @param decay the decay at the end
 * @param ramp steps over which the decay increases
 * @param share the average covers about this share of the steps so far; 0 for the decay
 */
@RecordBuilder
public record AverageSettings(
        @Setting(
                value = "0.9998",
                option = "--average-decay",
                param = "X",
                order = 49,
                help = "Decay of the moving average of the weights.",
                was = "/averageDecay")
        float decay,

        @Setting(value = "2000", was = "/averageRamp") float ramp,

        @Setting(
                value = "0",
                option = "--average-share",
                param = "SHARE",
                order = 49,
                help =
                        "Share of the steps so far that the moving average of the weights covers; 0 for --average-decay.",
                since = 4)
        float share)
        implements AverageSettingsBuilder.With {

    /** Rejects invalid settings. */
    public AverageSettings {
        Checks.belowOne("averageDecay", decay);
        Checks.positive("averageRamp", ramp);
        Checks.share("averageShare", share);
    }

    /** The decay of update {@code number}, counted from 1. */
    public double decay(long number) {
        return share > 0 ? Math.max(0, 1 - 1 / (share * (double) number)) : MovingAverage.decay(number, decay, ramp);
    }

    /** The default with this decay and ramp. */
    public static AverageSettings of(float decay, float ramp) {
        return SettingsRecord.defaults(AverageSettings.class)
                .with(change -> change.decay(decay).ramp(ramp));
    }
}
