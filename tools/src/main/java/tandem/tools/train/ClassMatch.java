package tandem.tools.train;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tandem.tools.InputException;

/**
 * Compares the classes of a network with those of data that it is evaluated on. They are matched by name; an object of
 * a class that the network lacks is an error when it is read.
 *
 * @param kind such as {@code mask classes}
 * @param network names of the network's classes
 * @param data names of the data's classes
 */
record ClassMatch(String kind, List<String> network, List<String> data) {

    /** One line when the data names classes that the network lacks; no object may be of these. */
    Optional<String> lacking() {
        List<String> lacking =
                data.stream().filter(name -> !network.contains(name)).toList();
        return lacking.isEmpty() || network.isEmpty()
                ? Optional.empty()
                : Optional.of("the data has " + kind + " that the network lacks: " + String.join(", ", lacking));
    }

    /**
     * Refuses data without a common class, which cannot be evaluated even where no object is annotated.
     *
     * @throws InputException when both have classes and none in common
     */
    void requireCommon(Path root) {
        if (!network.isEmpty() && !data.isEmpty() && Collections.disjoint(network, data)) {
            throw new InputException(root + ": has the " + kind + " " + data + ", and none of the network's " + network
                    + "; evaluate data with the classes that the network was trained on");
        }
    }
}
