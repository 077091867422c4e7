package tandem.model.network;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tandem.engine.Quantization;

/**
 * Which convolutions of the folded form multiply bytes in place of FLOAT32.
 *
 * @param ranges by {@link FoldedLayer#name}, the range of the input that its bytes cover
 */
public record QuantizedLayers(Map<String, Range> ranges) {

    /** None: everything is computed in FLOAT32. */
    public static final QuantizedLayers NONE = new QuantizedLayers(Map.of());

    /**
     * Values that are represented; others become the nearest limit.
     *
     * @param low lowest, finite
     * @param high highest, at least {@code low}
     */
    public record Range(float low, float high) {
        /** Rejects what {@link Quantization#of} rejects. */
        public Range {
            Quantization.of(low, high);
        }
    }

    /** Copies the map. */
    public QuantizedLayers {
        if (ranges == null || ranges.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a quantized layer has no range");
        }
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
    }

    /** Layers whose ranges do not matter yet. */
    public static QuantizedLayers of(Collection<String> names) {
        return new QuantizedLayers(
                names.stream().distinct().collect(Collectors.toMap(name -> name, name -> new Range(0, 1))));
    }

    /** Names of the layers. */
    public Set<String> names() {
        return ranges.keySet();
    }

    /** Whether a layer multiplies bytes. */
    public boolean any() {
        return !ranges.isEmpty();
    }

    boolean contains(String layer) {
        return ranges.containsKey(layer);
    }

    Quantization input(String layer) {
        Range range = ranges.get(layer);
        return Quantization.of(range.low(), range.high());
    }
}
