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
            new KernelEntry("elementwise", "elementwise_fill", 256, 24, "y = value"),
            new KernelEntry("elementwise", "elementwise_add", 256, 24, "y = a + b"),
            new KernelEntry("elementwise", "elementwise_scale", 256, 24, "y = factor x"),
            new KernelEntry("elementwise", "elementwise_scale_by", 256, 24, "y = factor[0] x, the factor read from memory"),
            new KernelEntry("elementwise", "leaky_relu_forward", 256, 24, "y = x where positive, slope x elsewhere"),
            new KernelEntry("elementwise", "leaky_relu_backward", 256, 24, "dx = dy where y is positive, slope dy elsewhere"),
            new KernelEntry("elementwise", "scalar_weighted_sum", 32, 24, "weighted sum of up to four scalars")
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
