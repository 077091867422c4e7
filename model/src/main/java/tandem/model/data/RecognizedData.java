package tandem.model.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tandem.kernels.text.Excerpt;

/**
 * A data set and its layout.
 *
 * @param format name of the layout
 * @param line one line for the user: the layout and why it was recognized
 * @param reader reads the data
 */
public record RecognizedData(String format, String line, DataReader reader) {

    /** Names of all layouts. */
    public static List<String> formats() {
        return DataFormat.ALL.stream().map(DataFormat::name).toList();
    }

    /**
     * Recognizes the layout of a folder or file by its content, unless the options name it.
     *
     * @throws DataException when no layout or more than one fits; the message names what was looked for or found
     */
    public static RecognizedData of(Path data, ReadingOptions options) {
        DataFolder folder = DataFolder.of(data);
        if (options.format().isPresent()) {
            String name = options.format().get();
            DataFormat format = DataFormat.ALL.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new DataException(
                            data, "cannot be read as '" + name + "'", "use --format with one of " + formats()));
            return open(folder, format, "as --format requires", options);
        }
        Map<DataFormat, String> found = new LinkedHashMap<>();
        for (DataFormat format : DataFormat.ALL) {
            format.evidence(folder).ifPresent(reason -> found.put(format, reason));
        }
        if (found.isEmpty()) {
            throw new DataException(
                    data,
                    "has no known layout: neither "
                            + DataFormat.ALL.stream()
                                    .map(format -> format.lookedFor() + " (" + format.title() + ")")
                                    .collect(Collectors.joining(", nor "))
                            + "; it has " + folder.counts(),
                    "give the folder that contains the data, or name the layout with --format");
        }
        if (found.size() > 1) {
            throw new DataException(
                    data,
                    "has more than one layout: "
                            + found.entrySet().stream()
                                    .map(entry -> entry.getKey().name() + " (" + entry.getValue() + ")")
                                    .collect(Collectors.joining(", ")),
                    "choose one with --format");
        }
        Map.Entry<DataFormat, String> only = found.entrySet().iterator().next();
        return open(folder, only.getKey(), only.getValue(), options);
    }

    private static RecognizedData open(DataFolder folder, DataFormat format, String reason, ReadingOptions options) {
        DataReader reader = format.open(folder, options);
        requireNames(folder, reader.boxClasses());
        requireNames(folder, reader.maskClasses());
        String note = reader.note();
        List<String> similar = reader.similarClasses();
        return new RecognizedData(
                format.name(),
                (folder.file() == null ? folder.root() : folder.file()) + ": layout " + format.title() + " (" + reason
                        + ")" + (note.isEmpty() ? "" : "; " + note)
                        + (similar.isEmpty() ? "" : "; warning: " + Excerpt.of(String.join("; ", similar))),
                reader);
    }

    /** Class names are written one a line, and shown in lines of text. */
    private static void requireNames(DataFolder folder, List<String> names) {
        for (String name : names) {
            if (name.isBlank()) {
                throw new DataException(folder.root(), "has a class without a name", "name it");
            }
            if (name.chars().anyMatch(Character::isISOControl)) {
                throw new DataException(
                        folder.root(),
                        "has the class name '" + name.replaceAll("\\p{Cntrl}", "?")
                                + "', in which ? is a line break, a tab or another control character",
                        "rename the class");
            }
        }
    }
}
