package tandem.model.network;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables.Initializer;
import tandem.engine.operation.Concatenate;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Move;
import tandem.engine.operation.Upsample;

/** The detection towers and the segmentation head; multas-spec 1.4 and 1.5. */
final class Heads {

    /**
     * Initial bias of the class scores: -ln((1 - p) / p) for a prior p of 0.01 (Lin et al. 2017, focal loss, section
     * 4.1).
     */
    private static final float PRIOR_BIAS = (float) -Math.log((1 - 0.01) / 0.01);

    private final Layers layers;
    private final Graph graph;
    private final NetworkSettings settings;

    Heads(Layers layers, NetworkSettings settings) {
        this.layers = layers;
        this.graph = layers.graph();
        this.settings = settings;
    }

    /** Encoded box offsets (N, A, 4): finest level first, then row, column, anchor. */
    Tensor location(List<Tensor> pyramid) {
        return towers(pyramid, "location", 4, 0);
    }

    /** Class logits (N, A, C) in the same order. */
    Tensor confidence(List<Tensor> pyramid) {
        return towers(pyramid, "confidence", settings.boxClasses().size(), PRIOR_BIAS);
    }

    private Tensor towers(List<Tensor> pyramid, String kind, int values, float bias) {
        List<Tensor> rows = new ArrayList<>();
        for (int level = 0; level < pyramid.size(); level++) {
            String name = "detection." + kind + "." + level;
            Tensor x = pyramid.get(level);
            x = layers.basic(x, name + ".0", settings.neckChannels(), 3, 1);
            x = layers.basic(x, name + ".1", settings.neckChannels(), 3, 1);
            x = layers.projection(
                    x,
                    name + ".out",
                    NetworkSettings.ANCHORS_PER_CELL * values,
                    Initialization.DETECTION_OUTPUT,
                    Initializer.constant(bias));
            int anchors = x.shape().dim(1) * x.shape().dim(2) * NetworkSettings.ANCHORS_PER_CELL;
            rows.add(Move.view(graph, x, Shape.of(x.shape().dim(0), anchors, values)));
        }
        return Concatenate.rows(graph, rows);
    }

    /**
     * Segmentation logits (N, S/4, S/4, C) or, published, (N, S, S, C). Every branch ends with a nearest up-sampling
     * from stride 8 to stride 4; since that commutes with their sum, the sum is taken before it.
     */
    Tensor segmentation(List<Tensor> pyramid) {
        int channels = settings.segmentationChannels();
        Tensor sum = null;
        for (int level = 0; level < pyramid.size(); level++) {
            Tensor x = pyramid.get(level);
            for (int step = 0; step <= level; step++) {
                if (step > 0) {
                    Shape finer = pyramid.get(level - step).shape();
                    x = layers.rearranged(
                            "segmentation.upsample." + level + "." + step, x, (g, y) -> Finer.upsample(g, y, finer));
                }
                x = layers.basic(x, "segmentation.branch." + level + "." + step, channels, 3, 1);
            }
            sum = sum == null ? x : Elementwise.add(graph, sum, x);
        }
        int factor = settings.segmentation() == SegmentationType.PUBLISHED ? 8 : 2;
        Tensor x = layers.rearranged("segmentation.upsample", sum, (g, y) -> Upsample.nearest(g, y, factor));
        for (int step = 0; step < 3; step++) {
            x = layers.basic(x, "segmentation.fuse." + step, channels, 3, 1);
        }
        return layers.projection(
                x,
                "segmentation.out",
                settings.maskChannels(),
                settings.initialization().segmentationOutput(),
                null);
    }
}
