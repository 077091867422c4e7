package tandem.tools.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tandem.tools.ByteCount;

/** The sizes of the parts of a bundle. */
final class SizeTable {

    /** Part by path prefix; the first matching prefix applies. */
    private static final Map<String, String> PARTS = parts();

    private SizeTable() {}

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("runtime/lib/system/", "system libraries");
        parts.put("runtime/", "Java runtime");
        parts.put("natives/org/bytedeco/", "oneDNN and its binding");
        parts.put("natives/libJNvPTX", "PTX assembler");
        parts.put("natives/", "JCuda and other bindings");
        parts.put("app/tandem.jar", "Tandem");
        parts.put("app/", "other jars");
        parts.put("check/", "GPU check");
        parts.put("", "launcher and documents");
        return parts;
    }

    /** One line for each part, sorted by descending size, and the total. */
    static List<String> of(Path folder) throws IOException {
        Map<String, long[]> sums = new LinkedHashMap<>();
        long[] all = new long[2];
        for (Path file : Bundle.files(folder)) {
            String path = folder.relativize(file).toString();
            String part = PARTS.entrySet().stream()
                    .filter(entry -> path.startsWith(entry.getKey()))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            for (long[] sum : List.of(sums.computeIfAbsent(part, key -> new long[2]), all)) {
                sum[0]++;
                sum[1] += Files.size(file);
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line("part", "files", "size"));
        sums.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue()[1], a.getValue()[1]))
                .forEach(entry -> lines.add(line(
                        entry.getKey(), String.valueOf(entry.getValue()[0]), ByteCount.text(entry.getValue()[1]))));
        lines.add(line("total", String.valueOf(all[0]), ByteCount.text(all[1])));
        return lines;
    }

    private static String line(String part, String files, String size) {
        return String.format(Locale.ROOT, "%-26s %6s %12s", part, files, size);
    }
}
