package tandem.tools.onnx;

import java.util.List;
import tandem.model.detection.Anchors;
import tandem.model.detection.NonMaximumSuppression;

/** From the outputs of the detection head to boxes, by the formulas of {@code boxes.cuh}. */
final class BoxNodes {

    /** ln(1000 / 16): a box is at most 62.5 times as wide or high as its anchor. */
    private static final float MAX_LOG_GROWTH = 4.135166556742356f;

    private static final float CENTER_VARIANCE = 0.1f;
    private static final float SIZE_VARIANCE = 0.2f;

    private final OnnxGraph onnx;
    private final Anchors anchors;
    private final int classes;

    BoxNodes(OnnxGraph onnx, Anchors anchors, int classes) {
        this.onnx = onnx;
        this.anchors = anchors;
        this.classes = classes;
    }

    private int count() {
        return anchors.values().length / 4;
    }

    /**
     * Adds the decoding.
     *
     * @param location (N, A, 4) encoded offsets
     * @return (N, A, 4): left, top, right, bottom as fractions of the input, clipped to it
     */
    String decoded(String location) {
        float[] values = anchors.values();
        float[] centers = new float[2 * count()];
        float[] sizes = new float[2 * count()];
        for (int i = 0; i < centers.length; i++) {
            centers[i] = values[i / 2 * 4 + i % 2];
            sizes[i] = values[i / 2 * 4 + 2 + i % 2];
        }
        String shift = onnx.node("Mul", List.of(part(location, 0), perAnchor(scaled(sizes, CENTER_VARIANCE))));
        String center = onnx.node("Add", List.of(shift, perAnchor(centers)));
        String growth = onnx.node("Mul", List.of(part(location, 2), onnx.scalar(SIZE_VARIANCE)));
        growth = onnx.node("Exp", List.of(onnx.node("Min", List.of(growth, onnx.scalar(MAX_LOG_GROWTH)))));
        String half = onnx.node("Mul", List.of(growth, perAnchor(scaled(sizes, 0.5f))));
        String corners = onnx.node(
                "Concat",
                List.of(onnx.node("Sub", List.of(center, half)), onnx.node("Add", List.of(center, half))),
                OnnxAttribute.of("axis", 2));
        return onnx.node("Clip", List.of(corners, onnx.scalar(0), onnx.scalar(1)));
    }

    /** What {@link #suppressed} adds; all names of values. */
    record Suppressed(String boxes, String scores, String labels, String counts) {}

    /**
     * Adds non-maximum suppression for each class, with the limits of {@link NonMaximumSuppression}. Rows after the
     * detections of an image are zero.
     *
     * @param boxes (N, A, 4), fractions of the input
     * @param onFrame (N, A, 4), the part of each that lies on the frame
     * @param scores (N, A, C)
     * @return boxes (N, K, 4), scores (N, K) descending, labels INT32 (N, K), counts INT32 (N)
     */
    Suppressed suppressed(String boxes, String onFrame, String scores, NonMaximumSuppression.Settings settings) {
        int all = count() * classes;
        String candidates = onnx.node(
                "Transpose",
                List.of(best(withArea(onFrame, scores), Math.min(settings.candidates(), all))),
                OnnxAttribute.of("perm", new long[] {0, 2, 1}));
        String selected = onnx.node(
                "NonMaxSuppression",
                List.of(
                        boxes,
                        candidates,
                        onnx.integers(settings.detections()),
                        onnx.constant(OnnxTensor.floats(new long[] {1}, settings.iouThreshold())),
                        onnx.constant(OnnxTensor.floats(new long[] {1}, settings.scoreThreshold()))));
        String ones = onnx.node(
                "ConstantOfShape",
                List.of(onnx.node(
                        "Slice", List.of(onnx.node("Shape", List.of(selected)), onnx.integers(0), onnx.integers(1)))),
                OnnxAttribute.of("value", OnnxTensor.floats(new long[] {1}, 1)));
        String zeros = onnx.node("Mul", List.of(candidates, onnx.scalar(0)));
        String kept = onnx.node("Mul", List.of(candidates, onnx.node("ScatterND", List.of(zeros, selected, ones))));
        return ordered(boxes, kept, Math.min(settings.detections(), all));
    }

    /** Scores with 0 for boxes that have no area inside the frame. */
    private String withArea(String boxes, String scores) {
        String size = onnx.node("Sub", List.of(part(boxes, 2), part(boxes, 0)));
        String shorter = onnx.node(
                "ReduceMin", List.of(size), OnnxAttribute.of("axes", new long[] {2}), OnnxAttribute.of("keepdims", 1));
        String positive = onnx.node("Greater", List.of(shorter, onnx.scalar(0)));
        return onnx.node("Where", List.of(positive, scores, onnx.scalar(0)));
    }

    /** Scores with 0 for all but the {@code limit} best of an image. */
    private String best(String scores, int limit) {
        String all = onnx.node("Reshape", List.of(scores, onnx.integers(0, -1)));
        String top = onnx.top(all, limit).values();
        String last =
                onnx.node("Slice", List.of(top, onnx.integers(limit - 1), onnx.integers(limit), onnx.integers(1)));
        last = onnx.node("Unsqueeze", List.of(last, onnx.integers(2)));
        return onnx.node("Where", List.of(onnx.node("GreaterOrEqual", List.of(scores, last)), scores, onnx.scalar(0)));
    }

    /** @param kept (N, C, A): the scores of the detections, 0 elsewhere */
    private Suppressed ordered(String boxes, String kept, int limit) {
        OnnxGraph.Top top = onnx.top(onnx.node("Reshape", List.of(kept, onnx.integers(0, -1))), limit);
        String anchorCount = onnx.integers(count());
        String anchor = onnx.node("Mod", List.of(top.indices(), anchorCount));
        String rows = onnx.node(
                "Expand", List.of(onnx.node("Unsqueeze", List.of(anchor, onnx.integers(2))), onnx.integers(1, 1, 4)));
        String gathered = onnx.node("GatherElements", List.of(boxes, rows), OnnxAttribute.of("axis", 1));
        String found = onnx.node("Greater", List.of(top.values(), onnx.scalar(0)));
        String present = onnx.node("Cast", List.of(found), OnnxAttribute.of("to", OnnxType.FLOAT.number()));
        String integers = onnx.node("Cast", List.of(found), OnnxAttribute.of("to", OnnxType.INT32.number()));
        String label = onnx.node(
                "Cast",
                List.of(onnx.node("Div", List.of(top.indices(), anchorCount))),
                OnnxAttribute.of("to", OnnxType.INT32.number()));
        return new Suppressed(
                onnx.node("Mul", List.of(gathered, onnx.node("Unsqueeze", List.of(present, onnx.integers(2))))),
                top.values(),
                onnx.node("Mul", List.of(label, integers)),
                onnx.node("ReduceSum", List.of(integers, onnx.integers(1)), OnnxAttribute.of("keepdims", 0)));
    }

    /** Two of the four values of a box, from {@code first} on. */
    private String part(String x, int first) {
        return onnx.node("Slice", List.of(x, onnx.integers(first), onnx.integers(first + 2), onnx.integers(2)));
    }

    private String perAnchor(float[] values) {
        return onnx.constant(OnnxTensor.floats(new long[] {1, count(), 2}, values));
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = values[i] * factor;
        }
        return scaled;
    }
}
