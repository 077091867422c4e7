package tandem.bench.kernels;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an entry of a PTX file uses, found in its text, so that entries that cannot be read have features too. */
final class EntryFeatures {

    private static final Pattern DYNAMIC_SHARED =
            Pattern.compile("\\.extern\\s+\\.shared[^;]*?([A-Za-z_$][\\w$]*)\\[\\]");
    private static final Pattern VARIABLE = Pattern.compile(
            "(?m)^\\s*(?:\\.visible |\\.extern |\\.weak )?\\.(?:global|const)\\s[^;={]*?([A-Za-z_$][\\w$]*)(?:\\[\\d*\\])?\\s*[;=]");

    private static final Map<String, Pattern> INSTRUCTIONS = new LinkedHashMap<>();

    static {
        add("barriers", "\\bbar(?:rier)?\\.(?:cta\\.)?(?:sync|red|arrive)\\b");
        add("shared memory", "\\b(?:ld|st|atom|red)\\.(?:volatile\\.)?shared\\b");
        add("shuffles", "\\bshfl\\.sync\\b");
        add("votes, `match`, `redux`, `activemask`", "\\b(?:vote|match|redux)\\.sync\\b|\\bactivemask\\b");
        add("atomic operations", "\\b(?:atom|red)\\.");
        add("fences", "\\b(?:membar|fence)\\.");
        add("volatile, acquire and release", "\\b(?:ld|st)\\.(?:volatile|acquire|release|relaxed)\\b");
        add("read-only loads", "\\bld\\.global\\.nc\\b");
        add("f16", "\\.f16(?:x2)?\\b");
        add("bf16", "\\.bf16(?:x2)?\\b");
        add("f64", "\\.f64\\b");
        add("8-bit dot products", "\\bdp[24]a\\.");
        add("`wmma` and `mma`", "\\b(?:wmma\\.|mma\\.sync)");
        add("`ldmatrix`", "\\bldmatrix\\.");
        add("`cp.async`", "\\bcp\\.async\\.");
        add("`mbarrier`", "\\bmbarrier\\.");
        add("textures", "\\b(?:tex|tld4|txq)\\.");
        add("surfaces", "\\b(?:suld|sust|sured)\\.");
        add("local memory", "\\b(?:ld|st)\\.local\\b|\\.local\\b");
        add("structures as arguments", "\\.param\\s+\\.align\\s+\\d+\\s+\\.b8\\s+\\S*_param_\\d+\\[");
        add("grid sync (`%envreg`)", "%envreg");
        add("`clock`, `nanosleep`", "%clock|%globaltimer|\\bnanosleep\\.");
        add("`printf`", "\\bvprintf\\b");
        add("`assert`", "\\b__assertfail\\b");
        add("`trap`", "\\btrap;");
        add(
                "calls of functions in the file",
                "\\bcall(?:\\.uni)?\\s*(?!\\.uni)(?:\\([^)]*\\)\\s*,\\s*)?(?!vprintf|__assertfail)[A-Za-z_$]");
    }

    private EntryFeatures() {}

    private static void add(String feature, String pattern) {
        INSTRUCTIONS.put(feature, Pattern.compile(pattern));
    }

    /** The features of an entry of a file with that text, in a fixed order. */
    static Set<String> of(String text, String entry) {
        Matcher start =
                Pattern.compile("\\.entry\\s+" + Pattern.quote(entry) + "\\b").matcher(text);
        Set<String> features = new LinkedHashSet<>();
        if (!start.find()) {
            return features;
        }
        Matcher next = Pattern.compile("\\.(?:entry|func)\\b").matcher(text);
        String body = text.substring(start.start(), next.find(start.end()) ? next.start() : text.length());
        if (mentions(body, DYNAMIC_SHARED.matcher(text))) {
            features.add("dynamic shared memory");
        }
        if (mentions(body, VARIABLE.matcher(text))) {
            features.add("variables of the module");
        }
        INSTRUCTIONS.forEach((feature, pattern) -> {
            if (pattern.matcher(body).find()) {
                features.add(feature);
            }
        });
        if (features.isEmpty()) {
            features.add("none of these");
        }
        return features;
    }

    private static boolean mentions(String body, Matcher names) {
        while (names.find()) {
            if (Pattern.compile("(?<![\\w$])" + Pattern.quote(names.group(1)) + "(?![\\w$])")
                    .matcher(body)
                    .find()) {
                return true;
            }
        }
        return false;
    }
}
