package tandem.tools.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tandem.model.declaration.Component;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;

/**
 * The settings of a run as rows of a report: name, value, and whether it is the default, given by the user or chosen.
 */
public final class SettingRows {

    /** The setting of an option that no component declares. */
    private static final Map<String, String> OPTIONS = Map.of("inputSize", "--size");

    private final Set<String> given;
    private final Map<String, String> reasons;
    private final List<Section.SettingRow> rows = new ArrayList<>();

    /**
     * @param given names of the options that the user gave, such as {@code --epochs}; all names of each
     * @param reasons why a value that is neither the default nor given was chosen, by the path of its component; may
     *     lack any
     */
    public SettingRows(Set<String> given, Map<String, String> reasons) {
        this.given = Set.copyOf(given);
        this.reasons = Map.copyOf(reasons);
    }

    /**
     * Adds all settings of a record.
     *
     * @param prefix before the names, such as {@code network.}; may be empty
     */
    public SettingRows add(String prefix, Record settings) {
        Map<String, Object> defaults = SettingsRecord.defaultValues(settings.getClass());
        Map<String, Boolean> options = new LinkedHashMap<>();
        Component.leaves(settings.getClass())
                .forEach(component -> options.put(
                        component.path(),
                        Stream.of(component.setting().option()).anyMatch(given::contains)));
        SettingsRecord.values(settings).forEach((path, value) -> {
            boolean isGiven = options.getOrDefault(path, false) || given.contains(OPTIONS.getOrDefault(path, ""));
            boolean isDefault = value == null
                    || defaults.containsKey(path) && Text.of(defaults.get(path)).equals(Text.of(value));
            String origin = isGiven ? "given" : isDefault ? "default" : "chosen";
            rows.add(new Section.SettingRow(
                    prefix + path,
                    Text.of(value),
                    origin.equals("chosen") && reasons.containsKey(path) ? "chosen: " + reasons.get(path) : origin));
        });
        return this;
    }

    /** Adds or replaces one value. */
    public SettingRows add(String name, String value, String origin) {
        rows.removeIf(row -> row.name().equals(name));
        rows.add(new Section.SettingRow(name, value, origin));
        return this;
    }

    /** The rows: first those that are not defaults. */
    public Section.Settings section() {
        List<Section.SettingRow> sorted = new ArrayList<>(
                rows.stream().filter(row -> !row.origin().equals("default")).toList());
        rows.stream().filter(row -> row.origin().equals("default")).forEach(sorted::add);
        return new Section.Settings(
                "Settings",
                sorted,
                "default: the value without any option. given: by an option of the command. chosen: by the command, from the data, "
                        + "the device or another setting.");
    }
}
