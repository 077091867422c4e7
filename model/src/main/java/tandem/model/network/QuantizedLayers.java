package tandem.model.network;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tandem.engine.Quantization;

/**
 * Which convolutions of the folded form multiply bytes in place of FLOAT32.
 *
 * @param ranges by {@link FoldedLayer#name}, the range of the input that its bytes cover
 * @param residuals for some of these, the range of the residual, which is read as bytes too; other residuals are
 *     FLOAT32
 */
public record QuantizedLayers(Map<String, Range> ranges, Map<String, Range> residuals) {

    /** None: everything is computed in FLOAT32. */
    public static final QuantizedLayers NONE = new QuantizedLayers(Map.of(), Map.of());

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

        /** What its bytes mean. */
        public Quantization quantization() {
            return Quantization.of(low, high);
        }
    }

    /** Copies the maps. */
    public QuantizedLayers {
        ranges = copy(ranges);
        residuals = copy(residuals);
        for (String name : residuals.keySet()) {
            if (!ranges.containsKey(name)) {
                throw new IllegalArgumentException("the residual of " + name + " is quantized, but not its input");
            }
        }
    }

    private static Map<String, Range> copy(Map<String, Range> ranges) {
        if (ranges == null || ranges.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a quantized layer has no range");
        }
        return Collections.unmodifiableMap(new TreeMap<>(ranges));
    }

    /** Layers whose ranges do not matter yet. */
    public static QuantizedLayers of(Collection<String> names) {
        return new QuantizedLayers(
                names.stream().distinct().collect(Collectors.toMap(name -> name, name -> new Range(0, 1))), Map.of());
    }

    /** Those of these names. */
    public QuantizedLayers only(Collection<String> names) {
        return new QuantizedLayers(only(ranges, names), only(residuals, names));
    }

    private static Map<String, Range> only(Map<String, Range> ranges, Collection<String> names) {
        Map<String, Range> left = new TreeMap<>(ranges);
        left.keySet().retainAll(Set.copyOf(names));
        return left;
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
        return ranges.get(layer).quantization();
    }

    /** What the bytes of the residual of a layer mean; empty for one in FLOAT32. */
    Optional<Quantization> residual(String layer) {
        return Optional.ofNullable(residuals.get(layer)).map(Range::quantization);
    }
}
