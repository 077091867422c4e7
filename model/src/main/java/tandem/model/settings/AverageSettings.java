package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * The moving average of the weights, used by evaluation. After n steps its decay is decay (1 - exp(-n / ramp)).
 *
 * @param decay the decay at the end
 * @param ramp steps over which the decay increases
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

        @Setting(value = "2000", was = "/averageRamp") float ramp)
        implements AverageSettingsBuilder.With {

    /** Rejects invalid settings. */
    public AverageSettings {
        Checks.belowOne("averageDecay", decay);
        Checks.positive("averageRamp", ramp);
    }

    /** The default with this decay and ramp. */
    public static AverageSettings of(float decay, float ramp) {
        return SettingsRecord.defaults(AverageSettings.class)
                .with(change -> change.decay(decay).ramp(ramp));
    }
}
