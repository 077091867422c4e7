package tandem.engine.dnn;

import tandem.engine.Command;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/** Makes kernel launches, as {@link tandem.engine.Device#launch} does. */
@FunctionalInterface
public interface Launcher {

    /** A launch of {@code entry} with these blocks. */
    Command launch(KernelEntry entry, Grid grid, Object... arguments);

    /** A launch of the kernel of that name. */
    default Command of(String entry, Grid grid, Object... arguments) {
        return launch(Catalogue.find(entry), grid, arguments);
    }

    /** A thread for each of {@code elements} elements. */
    default Command of(String entry, long elements, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return launch(kernel, kernel.elements(elements), arguments);
    }
}
