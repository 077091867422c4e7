package tandem.model.data;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;

/** Names of files as they are compared: composed characters (NFC), because macOS and archives decompose them. */
final class FileNames {

    private FileNames() {}

    /** The composed form of a name. */
    static String composed(String name) {
        return Normalizer.isNormalized(name, Normalizer.Form.NFC)
                ? name
                : Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** A path with forward slashes, composed. */
    static String of(Path path) {
        return composed(path.toString().replace('\\', '/'));
    }

    /** A path with its ending in lower case. */
    static String folded(String path) {
        String ending = DataFolder.ending(path);
        return ending.isEmpty() ? path : path.substring(0, path.length() - ending.length()) + ending;
    }

    /** The file name of a URL: {@code %20} and the like replaced, as far as they are valid. */
    static String decoded(String name) {
        if (name.indexOf('%') < 0) {
            return name;
        }
        try {
            return composed(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return name; // a percent sign of its own
        }
    }
}
