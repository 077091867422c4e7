package tandem.model.data;

import java.nio.file.Path;
import tandem.kernels.text.Excerpt;

/** Invalid input. The message is one line for the user: the file, the problem, and the remedy. */
public class DataException extends RuntimeException {

    private final Path file;

    /**
     * @param file the invalid file
     * @param problem what was found and what was expected
     * @param remedy what to do about it
     */
    public DataException(Path file, String problem, String remedy) {
        super(file + ": " + oneLine(Excerpt.of(problem)) + "; " + oneLine(Excerpt.of(remedy)));
        this.file = file;
    }

    /** The invalid file. */
    public Path file() {
        return file;
    }

    private static String oneLine(String text) {
        return Excerpt.of(text).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
