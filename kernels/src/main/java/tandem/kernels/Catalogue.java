package tandem.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every kernel that Tandem ships, one line each. A new kernel is one {@code .cu} file, one line here, and one row of the
 * operation test table.
 */
public final class Catalogue {

    private static final List<KernelEntry> ENTRIES = List.of(
    );

    private static final Map<String, KernelEntry> BY_NAME = new LinkedHashMap<>();

    static {
        for (KernelEntry entry : ENTRIES) {
            if (BY_NAME.put(entry.entry(), entry) != null) {
                throw new IllegalStateException("two catalogue entries are called " + entry.entry());
            }
        }
    }

    private Catalogue() {}

    /** All kernels, in the order they are listed. */
    public static List<KernelEntry> entries() {
        return ENTRIES;
    }

    /**
     * The kernel of that name.
     *
     * @throws IllegalArgumentException when there is none; the message lists those there are
     */
    public static KernelEntry find(String entry) {
        KernelEntry found = BY_NAME.get(entry);
        if (found == null) {
            throw new IllegalArgumentException("no kernel is called '" + entry + "'; the catalogue has " + BY_NAME.keySet());
        }
        return found;
    }
}
