package tandem.tools.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;

/** The network's shape: a preset and what differs from it. */
public final class NetworkOptions {

    private static final PixelSize DEFAULT_SIZE = PixelSize.square(224);

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
            paramLabel = "WxH",
            order = 21,
            description =
                    "Columns and rows that images are scaled to, such as 640x320, or 320 for a square; multiples of 32. "
                            + "Default: from the data; 224 with --recipe published.",
            converter = PixelSizeConverter.class)
    private PixelSize size;

    @Mixin
    private final DeclaredOptions declared = new DeclaredOptions(NetworkSettings.class, defaults(), path -> true);

    /** The values of both presets, in words where they differ. */
    private static Map<String, Object> defaults() {
        List<String> classes = List.of("any");
        Map<String, Object> small = SettingsRecord.values(NetworkSettings.small(classes, classes, DEFAULT_SIZE));
        Map<String, Object> standard = SettingsRecord.values(NetworkSettings.standard(classes, classes, DEFAULT_SIZE));
        Map<String, Object> defaults = new HashMap<>();
        small.forEach((path, value) -> defaults.put(
                path,
                value.equals(standard.get(path))
                        ? value
                        : Text.of(value) + " with --network small, " + Text.of(standard.get(path)) + " with standard"));
        defaults.put("anchorBase", "from the data; " + Text.of(small.get("anchorBase")) + " with --recipe published");
        return defaults;
    }

    /** The main names of the options that are given. */
    List<String> given() {
        List<String> given = new ArrayList<>(declared.given());
        if (size != null) {
            given.add("--size");
        }
        return given;
    }

    /**
     * The network for these classes; an empty list leaves out a head.
     *
     * @throws InputException for settings that no network can have
     */
    public NetworkSettings settings(List<String> boxClasses, List<String> maskClasses) {
        PixelSize inputSize = size == null ? DEFAULT_SIZE : size;
        try {
            return declared.apply(
                    preset == Preset.SMALL
                            ? NetworkSettings.small(boxClasses, maskClasses, inputSize)
                            : NetworkSettings.standard(boxClasses, maskClasses, inputSize));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }
}
