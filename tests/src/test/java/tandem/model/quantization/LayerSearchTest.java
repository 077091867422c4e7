package tandem.model.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.model.network.QuantizedLayers;
import tandem.model.network.QuantizedLayers.Range;
import tandem.model.quantization.LayerSearch.Outcome;
import tandem.model.quantization.LayerSearch.Scores;

class LayerSearchTest {

    private static final Scores REFERENCE = new Scores(0.8, 0.7);

    /** Layers 0 to {@code count} - 1, of which the first {@code harmful} cost 0.1 each. */
    private static Outcome search(int count, int harmful, boolean boxes) {
        List<String> order =
                IntStream.range(0, count).mapToObj(Integer::toString).toList();
        Map<String, Range> ranges = new TreeMap<>();
        order.forEach(name -> ranges.put(name, new Range(0, 1)));
        return new LayerSearch(order, new QuantizedLayers(ranges, Map.of()), REFERENCE, 0.01, layers -> {
                    double loss = 0.1
                            * layers.names().stream()
                                    .filter(name -> Integer.parseInt(name) < harmful)
                                    .count();
                    return boxes ? new Scores(0.8 - loss, 0.7) : new Scores(Double.NaN, 0.7 - loss);
                })
                .run();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "1, 1", "5, 0", "5, 1", "5, 3", "5, 4", "5, 5", "50, 7", "50, 31", "50, 49", "50, 50"})
    void theFewestLayersAreGivenUp(int count, int harmful) {
        for (boolean boxes : List.of(true, false)) {
            Outcome outcome = search(count, harmful, boxes);
            Set<String> expected = new TreeSet<>();
            IntStream.range(harmful, count).forEach(i -> expected.add(Integer.toString(i)));
            assertEquals(expected, new TreeSet<>(outcome.layers().names()));
            assertTrue(outcome.evaluations() <= 12, outcome.toString());
            assertTrue(outcome.scores().loss(REFERENCE) <= 0.01
                    || !outcome.layers().any());
        }
    }

    @Test
    void theLargerLossCounts() {
        assertEquals(0.3, new Scores(0.5, 0.6).loss(REFERENCE), 1e-9);
        assertEquals(0.1, new Scores(0.9, 0.6).loss(REFERENCE), 1e-9);
        assertEquals(0.1, new Scores(Double.NaN, 0.6).loss(REFERENCE), 1e-9);
        assertEquals(-0.1, new Scores(0.9, Double.NaN).loss(REFERENCE), 1e-9);
    }
}
