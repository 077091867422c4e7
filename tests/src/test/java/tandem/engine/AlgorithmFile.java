package tandem.engine;

import java.nio.file.Path;

/** The file of measured algorithms of convolutions, which a test replaces by its own and puts back. */
public final class AlgorithmFile {

    private static final String PROPERTY = "tandem.algorithms";

    private AlgorithmFile() {}

    /** Measured algorithms are in {@code file} from now on. Returns what {@link #restore} needs. */
    public static String use(Path file) {
        return System.setProperty(PROPERTY, file.toString());
    }

    /** Puts back what {@link #use} returned. */
    public static void restore(String before) {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }
}
