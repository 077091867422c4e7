package tandem.model.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of mask classes with their colors: {@code labelmap.txt} as CVAT writes it ({@code NAME:R,G,B:...}), or
 * {@code class_dict.csv} ({@code NAME,R,G,B}). Background is the first name, or one that says so.
 *
 * @param file the file
 * @param names names of the classes without background
 * @param colors class value of each color, 0xRRGGBB; empty when the file has no colors
 * @param indices class value of each class index of masks without colors: 0 is background where no line or the first
 *     one is the background; otherwise the index is that of the line
 */
record LabelMap(Path file, List<String> names, Map<Integer, Integer> colors, List<Integer> indices) {

    private static final Pattern LINE =
            Pattern.compile("([^:,]+)[:,]\\s*(\\d{1,3})[, ]\\s*(\\d{1,3})[, ]\\s*(\\d{1,3})\\b.*");

    /** The one of a folder. */
    static Optional<LabelMap> of(Path folder) {
        for (String name : List.of("labelmap.txt", "class_dict.csv")) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return Optional.of(read(folder.resolve(name)));
            }
        }
        return Optional.empty();
    }

    private static LabelMap read(Path file) {
        List<String> names = new ArrayList<>();
        Map<Integer, Integer> colors = new LinkedHashMap<>();
        List<Integer> indices = new ArrayList<>();
        String text = new String(ImageDecoder.bytes(file, "class names and colors"), StandardCharsets.UTF_8);
        int number = 0;
        for (String raw : text.split("\\R")) {
            number++;
            String line = raw.replace("\uFEFF", "").strip();
            boolean heading = number == 1 && line.toLowerCase(Locale.ROOT).matches("name\\s*,.*");
            if (line.isEmpty() || line.startsWith("#") || heading) {
                continue;
            }
            Matcher match = LINE.matcher(line);
            String name = match.matches() ? match.group(1).strip() : line.split(":", -1)[0].strip();
            boolean background = ClassNames.isBackground(name);
            if (!background) {
                if (names.contains(name)) {
                    throw new DataException(
                            file, "line " + number + " names '" + name + "' again", "remove one of the two lines");
                }
                names.add(name);
            }
            indices.add(background ? 0 : names.size());
            if (match.matches()) {
                int color = 0;
                for (int i = 2; i <= 4; i++) {
                    int value = Integer.parseInt(match.group(i));
                    if (value > 255) {
                        throw new DataException(
                                file,
                                "line " + number + " has the color value " + value + ", expected 0 to 255",
                                "correct it");
                    }
                    color = color << 8 | value;
                }
                if (colors.put(color, background ? 0 : names.size()) != null) {
                    throw new DataException(file, "line " + number + " has a color of another class", "correct it");
                }
            }
        }
        if (names.isEmpty()) {
            throw new DataException(
                    file, "names no class, expected lines NAME:R,G,B", "write them, or remove the file");
        }
        if (names.size() > 254) {
            throw new DataException(
                    file,
                    "names " + names.size() + " classes, expected at most 254, as masks have one byte a pixel",
                    "merge classes");
        }
        if (!colors.isEmpty() && !colors.containsValue(0)) {
            colors.putIfAbsent(0, 0);
        }
        if (!indices.contains(0)) {
            indices.add(0, 0);
        }
        return new LabelMap(file, List.copyOf(names), Map.copyOf(colors), List.copyOf(indices));
    }
}
