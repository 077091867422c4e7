package tandem.model.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.model.detection.NonMaximumSuppression.Settings;
import tandem.model.detection.ReferenceSuppression.Candidate;

class NonMaximumSuppressionTest {

    private static final Anchors SMALL = Anchors.of(96, 64, List.of(8, 16, 32));

    /** What the device found, image by image, checked for padding, order and range on the way. */
    private static List<List<Candidate>> detect(
            boolean checked, Anchors anchors, int classes, Settings settings, float[] loc, float[] conf) {
        int n = loc.length / 4 / anchors.count();
        try (GraphRun run = checked ? GraphRun.small() : GraphRun.large()) {
            Tensor offsets = run.floats("loc", Shape.of(n, anchors.count(), 4), loc);
            Tensor logits = run.floats("conf", Shape.of(n, anchors.count(), classes), conf);
            Detections found = NonMaximumSuppression.apply(
                            run.graph, offsets, logits, anchors.constant(run.graph), settings)
                    .keep(run.graph);
            run.run();
            int[] counts = run.ints(found.counts());
            int[] labels = run.ints(found.labels());
            float[] scores = run.floats(found.scores());
            float[] boxes = run.floats(found.boxes());
            int limit = settings.detections();
            List<List<Candidate>> images = new ArrayList<>();
            for (int image = 0; image < n; image++) {
                List<Candidate> rows = new ArrayList<>();
                assertTrue(counts[image] >= 0 && counts[image] <= limit);
                for (int d = image * limit; d < (image + 1) * limit; d++) {
                    double[] box = Geometry.row(boxes, d);
                    if (d - image * limit < counts[image]) {
                        rows.add(new Candidate(box, (float) Math.log(scores[d] / (1.0 - scores[d])), labels[d], d));
                    } else {
                        assertArrayEquals(new double[4], box);
                        assertEquals(0, scores[d]);
                        assertEquals(-1, labels[d]);
                    }
                }
                images.add(rows);
            }
            return images;
        }
    }

    private static void compare(List<Candidate> expected, List<Candidate> found) {
        assertEquals(
                expected.stream().map(Candidate::label).toList(),
                found.stream().map(Candidate::label).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).score(), found.get(i).score(), 1e-6);
            assertArrayEquals(expected.get(i).box(), found.get(i).box(), 2e-6);
        }
    }

    private static float[] uniform(SplittableRandom random, int count, double low, double high) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void theReferenceAgreesWithThePublishedCounts() {
        // There: one candidate an anchor, its best class; suppression across classes; nothing else is limited. Whether
        // a pair
        // overlaps by more than a half hangs on single-precision rounding for a few of 81 million, hence the one in
        // 500.
        float[] loc = PublishedCase.loc();
        float[] conf = PublishedCase.conf();
        List<Candidate> candidates = new ArrayList<>();
        for (int a = 0; a < PublishedCase.COUNT; a++) {
            float best = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < PublishedCase.CLASSES; c++) {
                best = Math.max(best, conf[a * PublishedCase.CLASSES + c]);
            }
            double[] box = ReferenceSuppression.cut(
                    Geometry.decode(Geometry.row(loc, a), Geometry.row(PublishedCase.ANCHORS.values(), a)));
            if (Geometry.logistic(best) > 0.05) {
                candidates.add(new Candidate(box, best, 0, a));
            }
        }
        assertEquals(12_750, candidates.size());
        candidates.sort(Comparator.comparing(Candidate::logit).reversed().thenComparing(Candidate::index));
        List<Candidate> kept = ReferenceSuppression.suppress(candidates, 0.5, true);
        assertEquals(2877, kept.size(), 2877 / 500);
        long pairs = 0;
        for (Candidate candidate : kept) {
            for (int c = 0; c < PublishedCase.CLASSES; c++) {
                pairs += Geometry.logistic(conf[candidate.index() * PublishedCase.CLASSES + c]) > 0.05 ? 1 : 0;
            }
        }
        assertEquals(28_941, pairs, 28_941 / 500);
    }

    @ParameterizedTest
    @CsvSource({"false, 1000, 100", "true, 1000, 100", "false, 1024, 1000", "true, 37, 20"})
    void publishedPredictions(boolean anyClass, int candidates, int detections) {
        Settings settings = new Settings(0.05f, 0.5f, candidates, detections, anyClass);
        float[] loc = PublishedCase.loc();
        float[] conf = PublishedCase.conf();
        List<Candidate> expected =
                ReferenceSuppression.apply(loc, conf, PublishedCase.CLASSES, PublishedCase.ANCHORS.values(), settings);
        assertTrue(expected.size() > 5);
        compare(
                expected,
                detect(false, PublishedCase.ANCHORS, PublishedCase.CLASSES, settings, loc, conf)
                        .get(0));
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, true", "3, false", "4, true"})
    void batchesWithManyFewAndNoCandidates(long seed, boolean anyClass) {
        SplittableRandom random = new SplittableRandom(seed);
        int classes = 2;
        int count = SMALL.count();
        double[][] ranges = {{-4, 4}, {-9, -2.9}, {-20, -10}, {-3.1, -2.8}};
        float[] loc = uniform(random, ranges.length * count * 4, -4, 4);
        float[] conf = new float[ranges.length * count * classes];
        for (int n = 0; n < ranges.length; n++) {
            System.arraycopy(
                    uniform(random, count * classes, ranges[n][0], ranges[n][1]),
                    0,
                    conf,
                    n * count * classes,
                    count * classes);
        }
        Settings settings = new Settings(0.05f, 0.45f, 300, 50, anyClass);
        List<List<Candidate>> found = detect(true, SMALL, classes, settings, loc, conf);
        for (int n = 0; n < ranges.length; n++) {
            compare(
                    ReferenceSuppression.apply(
                            Arrays.copyOfRange(loc, n * count * 4, (n + 1) * count * 4),
                            Arrays.copyOfRange(conf, n * count * classes, (n + 1) * count * classes),
                            classes,
                            SMALL.values(),
                            settings),
                    found.get(n));
        }
        assertEquals(0, found.get(2).size());
        assertEquals(50, found.get(0).size());
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "500", "1024"})
    void equalScoresGoToTheFirstCandidates(int limit) {
        int count = SMALL.count();
        float[] loc = filled(count * 4, 0);
        float[] conf = filled(count * 2, 1.25f);
        // 0 and -0 differ as floats are ordered; three candidates lie above the rest
        conf[900] = 2;
        conf[901] = Float.POSITIVE_INFINITY;
        conf[17] = 1.5f;
        Settings settings = new Settings(0.05f, 0.999f, limit, 1024, false);
        List<Candidate> expected = ReferenceSuppression.apply(loc, conf, 2, SMALL.values(), settings);
        assertTrue(expected.size() <= limit && expected.size() > limit * 9 / 10);
        compare(expected, detect(true, SMALL, 2, settings, loc, conf).get(0));
    }

    @Test
    void aDozenCandidatesAmongNumbersThatAreNone() {
        int count = SMALL.count();
        float[] loc = filled(count * 4, 0);
        float[] conf = filled(count, Float.NaN);
        Arrays.fill(conf, 100, 200, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < 12; i++) {
            conf[7 * i] = 3 - 0.125f * i;
        }
        loc[4 * 7] = Float.NaN;
        loc[4 * 14 + 2] = Float.NEGATIVE_INFINITY;
        loc[4 * 21 + 1] = Float.POSITIVE_INFINITY;
        loc[4 * 28] = 1e6f;
        Settings settings = new Settings(0, 0.5f, 1000, 100, false);
        List<Candidate> found = detect(true, SMALL, 1, settings, loc, conf).get(0);
        List<Candidate> expected = ReferenceSuppression.apply(loc, conf, 1, SMALL.values(), settings);
        assertTrue(expected.stream().noneMatch(c -> List.of(7, 14, 21, 28).contains(c.index())));
        compare(expected, found);
    }

    @Test
    void noDetectionsOfAnUntrainedImage() {
        int count = SMALL.count();
        assertEquals(
                List.of(List.of()),
                detect(true, SMALL, 3, Settings.DEFAULT, filled(count * 4, 0), filled(count * 3, -4.6f)));
    }

    @Test
    void suppressesWithinAClassOrAcross() {
        int count = SMALL.count();
        float[] loc = filled(count * 4, 0);
        float[] conf = filled(count * 2, -10);
        conf[0] = 2;
        conf[1] = 1;
        assertEquals(
                2, detect(true, SMALL, 2, Settings.DEFAULT, loc, conf).get(0).size());
        List<Candidate> one = detect(true, SMALL, 2, new Settings(0.05f, 0.5f, 1000, 100, true), loc, conf)
                .get(0);
        assertEquals(1, one.size());
        assertEquals(0, one.get(0).label());
        assertEquals(Geometry.logistic(2), one.get(0).score(), 1e-6);
    }

    @Test
    void refusesSettingsThatCannotBeMeant() {
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0.5f, 1000, 100, false));
        assertThrows(IllegalArgumentException.class, () -> new Settings(Float.NaN, 0.5f, 1000, 100, false));
        assertThrows(IllegalArgumentException.class, () -> new Settings(0.05f, 1.5f, 1000, 100, false));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Settings(0.05f, 0.5f, 1025, 100, false))
                .getMessage()
                .contains("1024"));
        assertThrows(IllegalArgumentException.class, () -> new Settings(0.05f, 0.5f, 1000, 0, false));
    }
}
