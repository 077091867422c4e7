package tandem.model.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;

class MatchingTest {

    private static final Anchors SMALL = Anchors.of(96, 64, List.of(8, 16, 32));

    private static int[] where(int[] labels, java.util.function.IntPredicate condition) {
        return IntStream.range(0, labels.length)
                .filter(i -> condition.test(labels[i]))
                .toArray();
    }

    private static void compare(ReferenceMatching.Result expected, GraphRun run, Targets targets, int image) {
        int count = expected.labels().length;
        int from = image * count;
        assertArrayEquals(
                expected.labels(),
                Arrays.copyOfRange(run.ints(targets.labels()), from, from + count),
                "labels of image " + image);
        float[] qualities = run.floats(targets.qualities());
        float[] weights = run.floats(targets.boxWeights());
        float[] boxes = run.floats(targets.boxes());
        for (int a = 0; a < count; a++) {
            String where = "image " + image + ", anchor " + a;
            assertEquals(expected.qualities()[a], qualities[from + a], 2e-6, where);
            assertEquals(expected.weights()[a], weights[from + a], 2e-6, where);
            for (int k = 0; k < 4; k++) {
                // a division by a tenth of the anchor's side magnifies the rounding of coordinates
                assertEquals(expected.boxes()[a][k], boxes[4 * (from + a) + k], 1e-4, where);
            }
        }
    }

    @Test
    void publishedIouMatching() {
        try (GraphRun run = GraphRun.large()) {
            Targets targets = run.keep(
                    Matching.iou(run.graph, PublishedCase.ANCHORS.constant(run.graph), run.truth(PublishedCase.BOXES)));
            run.run();
            int[] labels = run.ints(targets.labels());
            assertEquals(15, where(labels, label -> label == 14).length);
            assertEquals(12, where(labels, label -> label == 6).length);
            assertEquals(4, where(labels, label -> label == 2).length);
            assertEquals(54, where(labels, label -> label < -1).length);
            assertEquals(12_665, where(labels, label -> label == -1).length);
            assertEquals(14, labels[12_255]);
            assertEquals(6, labels[12_680]);
            assertEquals(2, labels[486]);
            float[] boxes = run.floats(targets.boxes());
            assertArrayEquals(
                    new float[] {1.666667f, -.333333f, -1.115718f, .322692f},
                    Arrays.copyOfRange(boxes, 4 * 486, 4 * 487),
                    2e-5f);
            compare(ReferenceMatching.iou(PublishedCase.ANCHORS.values(), PublishedCase.BOXES, 0), run, targets, 0);
        }
    }

    @Test
    void publishedMutualGuide() {
        try (GraphRun run = GraphRun.large()) {
            Tensor loc = run.floats("loc", Shape.of(1, PublishedCase.COUNT, 4), PublishedCase.loc());
            Tensor conf =
                    run.floats("conf", Shape.of(1, PublishedCase.COUNT, PublishedCase.CLASSES), PublishedCase.conf());
            Targets targets = run.keep(Matching.mutualGuide(
                    run.graph, PublishedCase.ANCHORS.constant(run.graph), run.truth(PublishedCase.BOXES), loc, conf));
            run.run();
            int[] labels = run.ints(targets.labels());
            assertArrayEquals(
                    new int[] {
                        254, 486, 487, 488, 492, 494, 12195, 12255, 12257, 12261, 12263, 12321, 12323, 12339, 12345,
                        12347, 12399, 12638, 12678, 12680, 12708, 12710
                    },
                    where(labels, label -> label >= 0));
            assertEquals(8, where(labels, label -> label == 14).length);
            assertEquals(8, where(labels, label -> label == 6).length);
            assertEquals(6, where(labels, label -> label == 2).length);
            assertEquals(PublishedCase.COUNT - 22, where(labels, label -> label == -1).length);
            float[] weights = run.floats(targets.boxWeights());
            assertArrayEquals(
                    new int[] {
                        486, 487, 488, 492, 493, 494, 495, 12255, 12257, 12261, 12263, 12315, 12317, 12321, 12323,
                        12339, 12345, 12399, 12405, 12678, 12680, 12708, 12710
                    },
                    IntStream.range(0, weights.length)
                            .filter(a -> weights[a] > 0)
                            .toArray());
            float[] qualities = run.floats(targets.qualities());
            assertEquals(
                    0.682136,
                    IntStream.range(0, qualities.length)
                            .mapToDouble(a -> qualities[a])
                            .max()
                            .orElseThrow(),
                    2e-6);
            assertEquals(
                    0.700745,
                    IntStream.range(0, weights.length)
                            .mapToDouble(a -> weights[a])
                            .max()
                            .orElseThrow(),
                    2e-6);
            compare(
                    ReferenceMatching.mutualGuide(
                            PublishedCase.ANCHORS.values(),
                            PublishedCase.BOXES,
                            0,
                            PublishedCase.loc(),
                            PublishedCase.conf(),
                            PublishedCase.CLASSES),
                    run,
                    targets,
                    0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void mixedBatchesAgreeWithTheReference(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int classes = 3;
        int[] counts = {4, 0, 1, 7};
        Boxes boxes = Boxes.random(random, SMALL, classes, 7, counts);
        int n = counts.length;
        float[] loc = new float[n * SMALL.count() * 4];
        float[] conf = new float[n * SMALL.count() * classes];
        for (int i = 0; i < loc.length; i++) {
            loc[i] = (float) random.nextDouble(-2, 2);
        }
        for (int i = 0; i < conf.length; i++) {
            conf[i] = (float) random.nextDouble(-4, 4);
        }
        try (GraphRun run = GraphRun.small()) {
            Tensor anchors = SMALL.constant(run.graph);
            GroundTruth truth = run.truth(boxes);
            Targets byOverlap = run.keep(Matching.iou(run.graph, anchors, truth));
            Targets byGuide = run.keep(Matching.mutualGuide(
                    run.graph,
                    anchors,
                    truth,
                    run.floats("loc", Shape.of(n, SMALL.count(), 4), loc),
                    run.floats("conf", Shape.of(n, SMALL.count(), classes), conf)));
            run.run();
            for (int image = 0; image < n; image++) {
                compare(ReferenceMatching.iou(SMALL.values(), boxes, image), run, byOverlap, image);
                int from = image * SMALL.count();
                int to = from + SMALL.count();
                ReferenceMatching.Result guided = ReferenceMatching.mutualGuide(
                        SMALL.values(),
                        boxes,
                        image,
                        Arrays.copyOfRange(loc, 4 * from, 4 * to),
                        Arrays.copyOfRange(conf, classes * from, classes * to),
                        classes);
                compare(guided, run, byGuide, image);
                assertEquals(counts[image] == 0, guided.positives().length == 0);
            }
        }
    }

    @Test
    void aLaterBoxWinsASharedAnchorAndTheLowerAnchorWinsATie() {
        // Boxes 0 and 1 are the same; box 2 lies where four cells meet; box 3 has no area, box 4 no class, box 5 is
        // inverted.
        Boxes boxes = new Boxes(
                new float[] {
                    .52f, .5f, .75f, .875f, .52f, .5f, .75f, .875f, .125f, .25f, .375f, .75f,
                    .4f, .4f, .4f, .9f, .1f, .1f, .2f, .2f, .3f, .6f, .2f, .8f
                },
                new int[] {0, 1, 2, 1, -1, 0},
                new int[] {6});
        Anchors anchors = Anchors.of(64, 32, List.of(8));
        try (GraphRun run = GraphRun.small()) {
            Targets targets = run.keep(Matching.iou(run.graph, anchors.constant(run.graph), run.truth(boxes)));
            run.run();
            int[] labels = run.ints(targets.labels());
            compare(ReferenceMatching.iou(anchors.values(), boxes, 0), run, targets, 0);
            // Of the twins the earlier owns what overlaps both equally; the later owns the one anchor forced on it.
            assertEquals(1, where(labels, label -> label == 1).length);
            // The square anchors of the four cells overlap box 2 by 4/9 each: the first is forced, the others ignored.
            int[] cells = {(1 * 8 + 1) * 6, (1 * 8 + 2) * 6, (2 * 8 + 1) * 6, (2 * 8 + 2) * 6};
            assertArrayEquals(new int[] {cells[0]}, where(labels, label -> label == 2));
            assertArrayEquals(Arrays.copyOfRange(cells, 1, 4), where(labels, label -> label == -4));
        }
    }

    @Test
    void aGuideIsNotMisledByPredictionsThatAreNoNumbers() {
        SplittableRandom random = new SplittableRandom(9);
        Boxes boxes = Boxes.random(random, SMALL, 2, 3, 3);
        try (GraphRun run = GraphRun.small()) {
            float[] loc = new float[SMALL.count() * 4];
            float[] conf = new float[SMALL.count() * 2];
            Arrays.fill(loc, Float.NaN);
            Arrays.fill(conf, Float.NaN);
            Targets targets = run.keep(Matching.mutualGuide(
                    run.graph,
                    SMALL.constant(run.graph),
                    run.truth(boxes),
                    run.floats("loc", Shape.of(1, SMALL.count(), 4), loc),
                    run.floats("conf", Shape.of(1, SMALL.count(), 2), conf)));
            run.run();
            assertEquals(0, where(run.ints(targets.labels()), label -> label != -1).length);
            for (float weight : run.floats(targets.boxWeights())) {
                assertEquals(0, weight);
            }
        }
    }

    @Test
    void refusesTensorsThatDoNotFit() {
        Graph graph = new Graph(new Variables());
        Tensor anchors = SMALL.constant(graph);
        GroundTruth truth = GroundTruth.input(graph, 2, 5);
        Tensor loc = graph.input("loc", tandem.engine.DataType.FLOAT32, Shape.of(3, SMALL.count(), 4));
        Tensor conf = graph.input("conf", tandem.engine.DataType.FLOAT32, Shape.of(2, SMALL.count(), 2));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Matching.mutualGuide(graph, anchors, truth, loc, conf))
                .getMessage();
        assertTrue(message.contains("loc") && message.contains("should be"), message);
        assertThrows(
                IllegalArgumentException.class, () -> new GroundTruth(truth.boxes(), truth.counts(), truth.counts()));
    }
}
