package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A text file of image names, one a line. A second column, as VOC's lists of one class have it, is -1 for "does not show the
 * class": such lines are left out; 0 and 1 keep the image. A name that comes twice counts once.
 *
 * @param file the list
 * @param lines for each name the line it stands on, in order
 * @param absent one problem for each line whose image does not exist
 */
record ImageList(Path file, Map<String, Integer> lines, List<DataException> absent) {

    /** Reads a list. {@code images} has every image by its name without ending. */
    static ImageList read(Path file, Map<String, Path> images) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DataException(file, "cannot be read (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        Map<String, Integer> lines = new LinkedHashMap<>();
        List<DataException> absent = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\\R", -1)) {
            number++;
            String line = raw.replace("\uFEFF", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            String name = name(line, images);
            String id = withoutEnding(name, images);
            if (!images.containsKey(id)) {
                absent.add(new DataException(file, "line " + number + " names '" + name
                        + "', but JPEGImages has no such .jpg, .jpeg, .png or .bmp", "add the image, or take the line out"));
            } else if (name.equals(line) || !line.endsWith("-1")) {
                lines.putIfAbsent(id, number);
            }
        }
        if (lines.isEmpty() && absent.isEmpty()) {
            throw new DataException(file, "names no image, expected one name a line", "fill it, or name another list");
        }
        return new ImageList(file, lines, absent);
    }

    private static String name(String line, Map<String, Path> images) {
        if (images.containsKey(line)) {
            return line;
        }
        String[] columns = line.split("\\s+(?=-?[01]$)");
        return columns[0];
    }

    private static String withoutEnding(String name, Map<String, Path> images) {
        int dot = name.lastIndexOf('.');
        if (!images.containsKey(name) && dot > 0) {
            Path image = images.get(name.substring(0, dot));
            if (image != null && image.getFileName().toString().equals(name)) {
                return name.substring(0, dot);
            }
        }
        return name;
    }
}
