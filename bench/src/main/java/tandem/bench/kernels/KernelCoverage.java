package tandem.bench.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/**
 * Translates every entry of folders of PTX files and writes which were refused and why: {@code KernelCoverage OUTPUT.md
 * NOTE NAME=FOLDER...}. Translated does not mean run: nothing is launched.
 */
public final class KernelCoverage {

    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+([A-Za-z_$0-9]+)");
    private static final Pattern INSTRUCTION = Pattern.compile("'(?:@!?%\\w+ )?([a-z]\\w*(?:[.:]+\\w+)*)");
    private static final Pattern REGISTER = Pattern.compile("not support the special register (%\\w+)");
    private static final Pattern FUNCTION = Pattern.compile("no body of function (\\S+)");

    /** What became of the entries of one source. */
    private static final class Count {
        private int files;
        private int entries;
        private int translated;
        private int machineCode;
    }

    /** The name of our own entries. */
    private static final String OWN = "Tandem";

    private final Map<String, Count> sources = new TreeMap<>();
    /** For each feature: entries of other sources, those of them that are translated, and the same of our own. */
    private final Map<String, int[]> features = new TreeMap<>();

    private final Map<String, List<String>> refused = new TreeMap<>();

    private KernelCoverage() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: KernelCoverage OUTPUT.md NOTE NAME=FOLDER...");
            System.exit(2);
        }
        KernelCoverage coverage = new KernelCoverage();
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            String name = argument.substring(0, argument.indexOf('='));
            List<Path> files;
            try (Stream<Path> found = Files.walk(Path.of(argument.substring(name.length() + 1)))) {
                files = found.filter(file -> file.toString().endsWith(".ptx"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                coverage.read(name, file);
                System.err.println(name + " " + file.getFileName() + ": " + coverage.sources.get(name).translated
                        + " of " + coverage.sources.get(name).entries);
            }
        }
        Files.writeString(Path.of(arguments[0]), coverage.table(arguments[1]));
    }

    private void read(String source, Path file) throws IOException {
        String text = Files.readString(file);
        Count count = sources.computeIfAbsent(source, key -> new Count());
        count.files++;
        List<String> names =
                ENTRY.matcher(text).results().map(match -> match.group(1)).toList();
        PtxModule module = null;
        PtxException unreadable = null;
        try {
            module = PtxModule.parse(file.getFileName().toString(), text);
        } catch (PtxException e) {
            unreadable = e;
        }
        for (String name : names) {
            count.entries++;
            boolean translated = false;
            try {
                if (unreadable != null) {
                    throw unreadable;
                }
                boolean machineCode =
                        Translator.translate(module, name, Mode.FAST).isMachineCode();
                count.translated++;
                translated = true;
                count.machineCode += machineCode ? 1 : 0;
            } catch (PtxException e) {
                refused.computeIfAbsent(feature(e.getMessage()), key -> new ArrayList<>())
                        .add(name + " of " + file.getFileName());
            }
            for (String feature : EntryFeatures.of(text, name)) {
                int[] counts = features.computeIfAbsent(feature, key -> new int[4]);
                int at = source.equals(OWN) ? 2 : 0;
                counts[at]++;
                counts[at + 1] += translated ? 1 : 0;
            }
        }
    }

    /** What a refused entry needs, from the message. */
    static String feature(String message) {
        Matcher match = FUNCTION.matcher(message);
        if (match.find()) {
            return "a function without a body in the file: `" + match.group(1) + "`";
        }
        if (message.contains("callprototype") || message.contains("calls of functions by name")) {
            return "calls through pointers";
        }
        if (message.contains("recursion")) {
            return "recursion";
        }
        match = REGISTER.matcher(message);
        if (match.find()) {
            return "special register `" + match.group(1) + "`";
        }
        if (message.contains("is neither a number nor a variable")) {
            return "the address of a function as an initial value";
        }
        match = INSTRUCTION.matcher(message);
        if (message.contains("not support") && match.find()) {
            String word = match.group(1);
            return message.contains("this form")
                    ? "`" + word + "`"
                    : "`" + word.replaceFirst("\\..*", "") + "` (no form of it)";
        }
        return message.replaceFirst("^\\S+: ", "").replaceFirst("(?s)\\n.*", "").replace("|", "\\|");
    }

    private String table(String note) {
        StringBuilder table = new StringBuilder("# Entries that the translator takes\n\n");
        table.append("Made on ")
                .append(LocalDate.now())
                .append(
                        " by `bench/kernel-coverage`. Each entry (`__global__` function or instance of a template) is counted as nvcc"
                                + " writes it. **Translated does not mean run: no kernel was launched for this table.**\n\n")
                .append(note)
                .append(
                        "\n\n| source | files | entries | translated | | as machine code |\n| --- | --: | --: | --: | --: | --: |\n");
        sources.forEach((name, count) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.1f %% | %d |%n",
                name,
                count.files,
                count.entries,
                count.translated,
                100.0 * count.translated / Math.max(1, count.entries),
                count.machineCode)));
        table.append("\nEntries by the features that they use (an entry may use several):\n\n| feature | public entries"
                + " | translated | | entries of Tandem | translated |\n| --- | --: | --: | --: | --: | --: |\n");
        features.entrySet().stream()
                .sorted((a, b) -> b.getValue()[0] - a.getValue()[0])
                .forEach(entry -> table.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %s | %d | %d |%n",
                        entry.getKey(),
                        entry.getValue()[0],
                        entry.getValue()[1],
                        entry.getValue()[0] == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT, "%.1f %%", 100.0 * entry.getValue()[1] / entry.getValue()[0]),
                        entry.getValue()[2],
                        entry.getValue()[3])));
        table.append(
                "\nRefused entries by the first feature that is missing:\n\n| feature | entries | for instance |\n| --- | --: | --- |\n");
        refused.entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .forEach(entry -> table.append("| ")
                        .append(entry.getKey())
                        .append(" | ")
                        .append(entry.getValue().size())
                        .append(" | `")
                        .append(shortened(entry.getValue().get(0)))
                        .append("` |\n"));
        return table.toString();
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 117) + "...";
    }
}
