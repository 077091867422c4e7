package tandem.tools.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;

/** The network's shape: a preset and what differs from it. */
public final class NetworkOptions {

    /** Where to start from. */
    enum Preset {
        /** For a machine without a GPU. */
        SMALL,
        /** The published network. */
        STANDARD
    }

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "small",
            order = 20,
            description =
                    "small: ResNet-18 of half width with stem pooling, for a machine without a GPU; standard: the published "
                            + "network. Default: ${DEFAULT-VALUE}.")
    private Preset preset;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "224",
            order = 21,
            description = "Rows and columns that images are scaled to; a multiple of 32. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Mixin
    private final DeclaredOptions declared = new DeclaredOptions(NetworkSettings.class, defaults(), path -> true);

    /** The values of both presets, in words where they differ. */
    private static Map<String, Object> defaults() {
        List<String> classes = List.of("any");
        Map<String, Object> small = SettingsRecord.values(NetworkSettings.small(classes, classes, 224));
        Map<String, Object> standard = SettingsRecord.values(NetworkSettings.standard(classes, classes, 224));
        Map<String, Object> defaults = new HashMap<>();
        small.forEach((path, value) -> defaults.put(
                path,
                value.equals(standard.get(path))
                        ? value
                        : Text.of(value) + " with --network small, " + Text.of(standard.get(path)) + " with standard"));
        return defaults;
    }

    DeclaredOptions declared() {
        return declared;
    }

    /**
     * The network for these classes; an empty list leaves out a head.
     *
     * @throws InputException for settings that no network can have
     */
    public NetworkSettings settings(List<String> boxClasses, List<String> maskClasses) {
        try {
            return declared.apply(
                    preset == Preset.SMALL
                            ? NetworkSettings.small(boxClasses, maskClasses, size)
                            : NetworkSettings.standard(boxClasses, maskClasses, size));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }
}
