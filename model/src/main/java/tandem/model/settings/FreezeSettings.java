package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * The frozen part of the encoder, running statistics included.
 *
 * @param stages number of frozen parts from the input on: 0 for none, 1 for the stem (first convolution), 2 also for
 *     the first stage (layer1), up to 5 for the whole encoder
 */
@RecordBuilder
public record FreezeSettings(
        @Setting(
                value = "0",
                option = "--freeze",
                param = "N",
                order = 59,
                help =
                        "Do not train the first parts of the encoder: 1 the stem, 2 also the first stage, up to 5 the whole encoder.")
        int stages)
        implements FreezeSettingsBuilder.With {

    /** Rejects invalid settings. */
    public FreezeSettings {
        if (stages < 0 || stages > 5) {
            throw new IllegalArgumentException("frozen stages must be from 0 to 5, not " + stages);
        }
    }

    /** Everything is trained. */
    public static FreezeSettings none() {
        return SettingsRecord.defaults(FreezeSettings.class);
    }
}
