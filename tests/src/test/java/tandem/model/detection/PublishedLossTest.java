package tandem.model.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Losses against the numbers that the published implementation gave. */
class PublishedLossTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wholePath(boolean mutualGuide) {
        try (GraphRun run = GraphRun.large()) {
            Tensor anchors = PublishedCase.ANCHORS.constant(run.graph);
            Tensor loc = run.floats("loc", Shape.of(1, PublishedCase.COUNT, 4), PublishedCase.loc());
            Tensor conf =
                    run.floats("conf", Shape.of(1, PublishedCase.COUNT, PublishedCase.CLASSES), PublishedCase.conf());
            Tensor weights = run.floats("weights", Shape.of(1, 2), 1, 0);
            GroundTruth truth = run.truth(PublishedCase.BOXES);
            Targets targets = mutualGuide
                    ? Matching.mutualGuide(run.graph, anchors, truth, loc, conf)
                    : Matching.iou(run.graph, anchors, truth);
            Tensor box = run.graph.keep(BalancedL1Loss.apply(run.graph, loc, targets, weights));
            Tensor focal = run.graph.keep(FocalLoss.apply(run.graph, conf, targets, weights));
            Tensor quality = run.graph.keep(QualityFocalLoss.apply(run.graph, conf, targets, weights));
            assertEquals(Shape.of(), box.shape());
            run.run();
            assertEquals(mutualGuide ? 1.674845 : 1.696873, run.floats(box)[0], 4e-6);
            assertEquals(mutualGuide ? 166.842773 : 118.568871, run.floats(focal)[0], 3e-4);
            assertEquals(mutualGuide ? 98.583809 : 74.189728, run.floats(quality)[0], 2e-4);
        }
    }

    private static Targets targets(GraphRun run, int[] labels, float[] qualities, float[] boxes, float[] boxWeights) {
        int anchors = labels.length;
        return new Targets(
                run.ints("labels", Shape.of(1, anchors), labels),
                run.floats("qualities", Shape.of(1, anchors), qualities),
                run.floats("targets", Shape.of(1, anchors, 4), boxes),
                run.floats("box_weights", Shape.of(1, anchors), boxWeights));
    }

    @Test
    void sixLogits() {
        try (GraphRun run = GraphRun.small()) {
            Tensor conf = run.floats("conf", Shape.of(1, 6, 1), -2, -1, 0, 1, 2, 3);
            Tensor weights = run.floats("weights", Shape.of(1, 2), 1, 1);
            int[] labels = {-1, -1, 0, 0, -1, 0};
            Targets hard = targets(run, labels, new float[] {0, 0, 1, 1, 0, 1}, new float[24], new float[6]);
            Targets soft = new Targets(
                    hard.labels(),
                    run.floats("soft", Shape.of(1, 6), 0, 0, .3f, .9f, 0, .6f),
                    hard.boxes(),
                    hard.boxWeights());
            Tensor focal = run.graph.keep(FocalLoss.apply(run.graph, conf, hard, weights));
            Tensor quality = run.graph.keep(QualityFocalLoss.apply(run.graph, conf, hard, weights));
            Tensor softQuality = run.graph.keep(QualityFocalLoss.apply(run.graph, conf, soft, weights));
            run.run();
            assertEquals(.529287, run.floats(focal)[0], 1e-6);
            assertEquals(1.247063, run.floats(quality)[0], 1e-6);
            assertEquals(1.246180, run.floats(softQuality)[0], 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", ".05, .091197", ".11, .188594", ".2, .323594", "1, 1.523594", "2, 3.023594"})
    void balancedL1(float difference, double expected) {
        try (GraphRun run = GraphRun.small()) {
            float[] target = {3, -1, .5f, 0};
            float[] prediction = {3 + difference, -1 - difference, .5f + difference, -difference};
            Tensor loc = run.floats("loc", Shape.of(1, 1, 4), prediction);
            Tensor loss = run.graph.keep(BalancedL1Loss.apply(
                    run.graph,
                    loc,
                    targets(run, new int[] {0}, new float[] {1}, target, new float[] {1}),
                    run.floats("weights", Shape.of(1, 2), 1, 0)));
            run.run();
            assertEquals(expected, run.floats(loss)[0], 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the same box; apart at opposite ends: 2 - 0 - (1/4 + 1/4) / 1; half covered: 2 - 1/2 - 1
        "0, 0, 0.25, 1, 0",
        "0.75, 0, 1, 1, 1.5",
        "0, 0, 0.125, 1, 0.5"
    })
    void generalizedIouByHand(float x0, float y0, float x1, float y1, double expected) {
        float[] anchor = {.125f, .5f, .25f, 1};
        double[] target = Geometry.encode(new double[] {x0, y0, x1, y1}, Geometry.row(anchor, 0));
        float[] encoded = new float[4];
        for (int k = 0; k < 4; k++) {
            encoded[k] = (float) target[k];
        }
        try (GraphRun run = GraphRun.small()) {
            Tensor loc = run.floats("loc", Shape.of(1, 1, 4), new float[4]);
            Tensor loss = run.graph.keep(GeneralizedIouLoss.apply(
                    run.graph,
                    loc,
                    run.graph.constant("anchors", Shape.of(1, 4), anchor),
                    targets(run, new int[] {0}, new float[] {1}, encoded, new float[] {1}),
                    run.floats("weights", Shape.of(1, 2), 1, 0)));
            run.run();
            assertEquals(expected, run.floats(loss)[0], 1e-6);
        }
    }

    @Test
    void decoding() {
        try (GraphRun run = GraphRun.large()) {
            float[] offsets = PublishedCase.loc();
            Arrays.fill(offsets, 4 * 100, 4 * 101, 1e6f);
            Tensor loc = run.floats("loc", Shape.of(1, PublishedCase.COUNT, 4), offsets);
            Tensor boxes = run.graph.keep(BoxCoding.decode(run.graph, loc, PublishedCase.ANCHORS.constant(run.graph)));
            run.run();
            float[] decoded = run.floats(boxes);
            double[][] expected = {
                {-.02710276, -.02342556, .05210276, .05221218},
                {-.04257844, -.04517330, .10076099, .09644070},
                {.57394481, .35380495, 1.19006991, 1.41523552}
            };
            int[] rows = {0, 9600, 12_749};
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < 4; k++) {
                    assertEquals(expected[i][k], decoded[4 * rows[i] + k], 1e-6);
                }
            }
            // growth stops at 1000/16: half the width of that anchor, which is 24 pixels times sqrt(2) to the sides
            double[] anchor = Geometry.row(PublishedCase.ANCHORS.values(), 100);
            assertEquals(anchor[2] * 1000 / 16, decoded[402] - decoded[400], anchor[2] * 0.1);
        }
    }
}
