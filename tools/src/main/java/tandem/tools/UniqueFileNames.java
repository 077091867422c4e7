package tandem.tools;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * File names for texts such as the names of classes and images: other characters than ASCII letters, digits, dot,
 * underscore and hyphen become underscores. All names are distinct, also where upper and lower case are the same: the
 * second one gets {@code -2}, and so on.
 */
public final class UniqueFileNames {

    private final Map<String, String> chosen = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** The name for a text, without an ending; the same text always has the same name. */
    public String of(String text) {
        return of("", text);
    }

    /** The name for a text, after a prefix that stays as it is. */
    public String of(String prefix, String text) {
        return chosen.computeIfAbsent(prefix + "\0" + text, key -> {
            String plain = prefix + text.replaceAll("[^A-Za-z0-9._-]", "_");
            String name = plain;
            for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
                name = plain + "-" + i;
            }
            return name;
        });
    }
}
