package tandem.model.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tandem.model.network.NetworkSettings;

/**
 * The feature maps of a heat map.
 *
 * @param part of the network
 * @param level 0 the finest; {@link #ALL} for the sum over all levels
 */
public record MapName(Part part, int level) {

    /** In place of a level: the sum of the heat maps of all levels, resized to the finest level. */
    public static final int ALL = -1;

    /** Parts with feature maps that both tasks share. */
    public enum Part {
        /** The input of the neck. */
        ENCODER,
        /** The input of the heads. */
        NECK
    }

    /** The default: all levels of the neck, and the coarsest level of the encoder. */
    public static List<MapName> standard(NetworkSettings network) {
        return List.of(new MapName(Part.NECK, ALL), new MapName(Part.ENCODER, levels(network, Part.ENCODER) - 1));
    }

    /** Number of levels of a part of a network. */
    public static int levels(NetworkSettings network, Part part) {
        return part == Part.NECK ? network.levels() : network.stemPooling() ? 3 : 2;
    }

    /**
     * A name such as {@code neck}, {@code neck.0} or {@code encoder.1}.
     *
     * @throws IllegalArgumentException when the network has no such map; the message lists the existing ones
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
                "there is no map " + text + "; this network has " + String.join(", ", known));
    }

    /** The levels that are summed. */
    List<Integer> levels(NetworkSettings network) {
        return level == ALL ? IntStream.range(0, levels(network, part)).boxed().toList() : List.of(level);
    }

    @Override
    public String toString() {
        String name = part.name().toLowerCase(Locale.ROOT);
        return level == ALL ? name : name + "." + level;
    }
}
