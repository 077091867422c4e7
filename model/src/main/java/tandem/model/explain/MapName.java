package tandem.model.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tandem.model.network.NetworkSettings;

/**
 * Which maps a heat map is made on.
 *
 * @param part of the network
 * @param level 0 the finest; {@link #ALL} for the sum over all levels
 */
public record MapName(Part part, int level) {

    /** In place of a level: heat maps of all levels, stretched to the finest, are added up. */
    public static final int ALL = -1;

    /** Parts that have maps which both tasks read. */
    public enum Part {
        /** What the neck reads. */
        ENCODER,
        /** What the heads read. */
        NECK
    }

    /** What is looked at unless something else is asked for: all levels of the neck, and the encoder's coarsest. */
    public static List<MapName> standard(NetworkSettings network) {
        return List.of(new MapName(Part.NECK, ALL), new MapName(Part.ENCODER, levels(network, Part.ENCODER) - 1));
    }

    /** Levels that a part of a network has. */
    public static int levels(NetworkSettings network, Part part) {
        return part == Part.NECK ? network.levels() : network.stemPooling() ? 3 : 2;
    }

    /**
     * A name such as {@code neck}, {@code neck.0} or {@code encoder.1}.
     *
     * @throws IllegalArgumentException when the network has no such map; the message lists those it has
     */
    public static MapName parse(String text, NetworkSettings network) {
        List<String> known = new ArrayList<>();
        for (Part part : Part.values()) {
            for (int level = ALL; level < levels(network, part); level++) {
                MapName name = new MapName(part, level);
                if (name.toString().equals(text)) {
                    return name;
                }
                known.add(name.toString());
            }
        }
        throw new IllegalArgumentException(
                "no map is called " + text + "; this network has " + String.join(", ", known));
    }

    /** The levels that are added up. */
    List<Integer> levels(NetworkSettings network) {
        return level == ALL ? IntStream.range(0, levels(network, part)).boxed().toList() : List.of(level);
    }

    @Override
    public String toString() {
        String name = part.name().toLowerCase(Locale.ROOT);
        return level == ALL ? name : name + "." + level;
    }
}
