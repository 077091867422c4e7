package tandem.tools.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.SourceLines;
import tandem.kernels.translate.CheckFailure;

/**
 * Prints what checked mode found, with the lines of the source where they are known.
 *
 * @param lines the source lines of the PTX
 */
record FindingsReport(SourceLines lines) {

    /** A line as {@code FILE:LINE}; null when there is no source. */
    String place(int ptxLine) {
        SourceLines.Place place = lines.at(ptxLine);
        return place == null ? null : shortened(place.file()) + ":" + place.line();
    }

    /** The path from the working folder if the file is under it. */
    static String shortened(String file) {
        Path folder = Path.of("").toAbsolutePath();
        Path path = Path.of(file);
        return path.startsWith(folder) ? folder.relativize(path).toString() : file;
    }

    void print(List<CheckFailure> failures, PrintWriter out) {
        Map<String, List<String>> texts = new HashMap<>();
        for (CheckFailure failure : failures) {
            String place = place(failure.line());
            if (place == null) {
                out.println(failure.getMessage());
                continue;
            }
            out.println(place + ": " + failure.problem().text() + ": "
                    + failure.detail(other -> place(other) == null
                            ? "PTX line " + other
                            : "line " + lines.at(other).line()));
            quote(failure.line(), texts, out);
            if (failure.otherLine() != 0 && !place.equals(place(failure.otherLine()))) {
                quote(failure.otherLine(), texts, out);
            }
        }
    }

    private void quote(int ptxLine, Map<String, List<String>> texts, PrintWriter out) {
        SourceLines.Place place = lines.at(ptxLine);
        if (place == null) {
            return;
        }
        List<String> text = texts.computeIfAbsent(place.file(), FindingsReport::read);
        if (place.line() <= text.size()) {
            out.printf("%7d | %s%n", place.line(), text.get(place.line() - 1).stripTrailing());
        }
    }

    /** The lines of a source file; none when it cannot be read. */
    static List<String> read(String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
