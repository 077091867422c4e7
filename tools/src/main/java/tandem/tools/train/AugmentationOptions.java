package tandem.tools.train;

import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import tandem.model.declaration.SettingsRecord;
import tandem.model.settings.AugmentationSettings;

/** Strength of the augmentation. */
final class AugmentationOptions {

    @Mixin
    private final DeclaredOptions declared = new DeclaredOptions(AugmentationSettings.class, defaults(), path -> true);

    private static Map<String, Object> defaults() {
        Map<String, Object> defaults = new HashMap<>();
        SettingsRecord.values(AugmentationSettings.mild())
                .forEach((path, value) -> defaults.put(path, "from the data"));
        return defaults;
    }

    DeclaredOptions declared() {
        return declared;
    }
}
