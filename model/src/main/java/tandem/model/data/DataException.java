package tandem.model.data;

import java.nio.file.Path;

/** Bad input. The message is one line for people: the file, what is wrong with it, and what to do. */
public class DataException extends RuntimeException {

    private final Path file;

    /**
     * @param file the file at fault
     * @param problem what was found and what was expected
     * @param remedy what to do about it
     */
    public DataException(Path file, String problem, String remedy) {
        super(file + ": " + oneLine(problem) + "; " + oneLine(remedy));
        this.file = file;
    }

    /** The file at fault. */
    public Path file() {
        return file;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
