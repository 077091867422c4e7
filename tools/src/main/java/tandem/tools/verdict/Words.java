package tandem.tools.verdict;

import java.util.List;
import java.util.Locale;

/** Numbers and lists in sentences. */
final class Words {

    /** Longer lists are cut. */
    private static final int MAX_ITEMS = 8;

    private Words() {}

    /** A metric in [0, 1] in one word. */
    static String grade(double figure) {
        return figure >= 0.8
                ? "very good"
                : figure >= 0.6 ? "good" : figure >= 0.4 ? "fair" : figure >= 0.2 ? "low" : "very low";
    }

    /** Two decimals. */
    static String figure(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Whole percent; below 1 % with one decimal. */
    static String percent(double share) {
        return share >= 0.0005 && share < 0.01
                ? String.format(Locale.ROOT, "%.1f %%", 100 * share)
                : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** A number and its noun, with the plural's s. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : noun.endsWith("x") ? "es" : "s");
    }

    /** A class name as words. */
    static String name(String className) {
        return className.replace('_', ' ');
    }

    /** The items with commas, the first ones of a long list. */
    static String list(List<String> items) {
        return items.size() <= MAX_ITEMS
                ? String.join(", ", items)
                : String.join(", ", items.subList(0, MAX_ITEMS)) + " and " + (items.size() - MAX_ITEMS) + " more";
    }
}
