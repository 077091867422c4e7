package tandem.tools.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What two studies that are the same have in common. */
public final class StudyTable {

    private StudyTable() {}

    /** The lines of the results without the time that they took, sorted. */
    public static List<String> of(Path study) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(study.resolve(ResultsFile.NAME))) {
            lines.add(((ObjectNode) new ObjectMapper().readTree(line))
                    .without("seconds")
                    .toString());
        }
        return lines.stream().sorted().toList();
    }
}
