package tandem.model.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Collects predictions and truth image by image, at the original size, and computes all figures of an
 * {@link Evaluation}. An image may be annotated with boxes, a mask, both or neither; it is used for the figures of its
 * annotations. Only matches and counts are stored, so the data set need not be in memory. Used by one thread at a time.
 */
public final class Evaluator {

    /** Mask value of ignored pixels. */
    public static final int IGNORED_PIXEL = 255;

    private final List<String> boxClasses;
    private final List<String> maskClasses;
    private final CocoEvaluator coco;
    private final VocEvaluator voc;
    private final BoxConfusion boxConfusion;
    private final ConfusionMatrix confusion;
    /** Images that have each mask value in the truth. */
    private final int[] withMaskValue = new int[IGNORED_PIXEL + 1];

    private int images;
    private int boxImages;
    private int maskImages;

    /**
     * @param boxClasses names of the classes of boxes, by label; may be empty
     * @param maskClasses names of the classes of masks without background: mask value k, from 1, is the (k-1)-th; may
     *     be empty
     */
    public Evaluator(List<String> boxClasses, List<String> maskClasses) {
        this.boxClasses = List.copyOf(boxClasses);
        this.maskClasses = List.copyOf(maskClasses);
        this.coco = new CocoEvaluator(boxClasses.size());
        this.voc = new VocEvaluator(boxClasses.size(), 0.5, false);
        this.boxConfusion = new BoxConfusion(this.boxClasses);
        this.confusion = maskClasses.isEmpty() ? null : new ConfusionMatrix(maskClasses.size() + 1, IGNORED_PIXEL);
    }

    /**
     * Adds one image. Ties in score between images are ranked in the order of adding.
     *
     * @param name name of the image in error messages
     * @param detections predictions in pixels of the original image; may be null when {@code truth} is
     * @param truth annotated boxes, possibly none; null when the image's boxes are not annotated
     * @param predictedMask predicted class of each pixel of the original image; may be null when {@code trueMask} is
     * @param trueMask true class of each pixel, {@value #IGNORED_PIXEL} for ignored pixels; null when the image has no
     *     mask
     * @throws IllegalArgumentException when a label or a mask value is no class, or the masks differ in size; the
     *     message names the image, which is not counted then
     */
    public void add(
            String name, List<Detection> detections, List<TruthBox> truth, byte[] predictedMask, byte[] trueMask) {
        try {
            if (truth != null) {
                requireBoxClasses(detections, truth);
            }
            if (trueMask != null) {
                addMask(predictedMask, trueMask);
            }
            if (truth != null) {
                addBoxes(detections, truth);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("image " + name + ": " + e.getMessage(), e);
        }
        images++;
    }

    private void requireBoxClasses(List<Detection> detections, List<TruthBox> truth) {
        if (detections == null) {
            throw new IllegalArgumentException("it has annotated boxes but no list of detections");
        }
        IntStream.concat(
                        detections.stream().mapToInt(Detection::label),
                        truth.stream().mapToInt(TruthBox::label))
                .filter(label -> label >= boxClasses.size())
                .findFirst()
                .ifPresent(label -> {
                    throw new IllegalArgumentException(
                            "label " + label + " with " + boxClasses.size() + " box classes");
                });
    }

    private void addMask(byte[] predicted, byte[] truth) {
        if (confusion == null || predicted == null) {
            throw new IllegalArgumentException(
                    predicted == null
                            ? "it has a true mask but no predicted one"
                            : "it has a mask but there are no mask classes");
        }
        confusion.add(predicted, truth);
        boolean[] present = new boolean[IGNORED_PIXEL + 1];
        for (byte value : truth) {
            present[value & 0xff] = true;
        }
        for (int value = 0; value < present.length; value++) {
            withMaskValue[value] += present[value] ? 1 : 0;
        }
        maskImages++;
    }

    private void addBoxes(List<Detection> detections, List<TruthBox> truth) {
        voc.add(boxImages, detections, truth);
        coco.add(
                boxImages,
                detections.stream().map(CocoEvaluator.Prediction::of).toList(),
                truth.stream().map(CocoEvaluator.Truth::of).toList());
        boxConfusion.add(BoxMatches.of(detections, truth, BoxMatches.SCORE));
        boxImages++;
    }

    /** The figures over all images added so far. */
    public Evaluation result() {
        return new Evaluation(images, boxImages == 0 ? null : boxFigures(), maskImages == 0 ? null : maskFigures());
    }

    private Evaluation.Boxes boxFigures() {
        List<Evaluation.BoxClass> classes = new ArrayList<>();
        for (int label = 0; label < boxClasses.size(); label++) {
            double[] ap = coco.averagePrecision(label);
            PrecisionRecall curve = voc.curve(label);
            classes.add(new Evaluation.BoxClass(
                    boxClasses.get(label),
                    curve.truths(),
                    curve.detections(),
                    Means.ofPresent(ap),
                    ap[0],
                    ap[5],
                    coco.averageRecall(label),
                    curve.allPointAveragePrecision(),
                    curve));
        }
        return new Evaluation.Boxes(
                boxImages, coco.figures(), voc.allPointMean(), voc.elevenPointMean(), classes, boxConfusion.counts());
    }

    private Evaluation.Masks maskFigures() {
        List<Evaluation.MaskClass> classes = new ArrayList<>();
        for (int value = 0; value <= maskClasses.size(); value++) {
            classes.add(new Evaluation.MaskClass(
                    value == 0 ? "background" : maskClasses.get(value - 1),
                    confusion.truePixels(value),
                    confusion.predictedPixels(value),
                    confusion.intersectionOverUnion(value),
                    confusion.accuracy(value),
                    withMaskValue[value]));
        }
        return new Evaluation.Masks(
                maskImages,
                confusion.meanIntersectionOverUnion(),
                confusion.pixelAccuracy(),
                confusion.meanAccuracy(),
                confusion.frequencyWeightedIntersectionOverUnion(),
                classes,
                maskConfusion(classes.stream().map(Evaluation.MaskClass::name).toList()));
    }

    private ConfusionCounts maskConfusion(List<String> names) {
        List<List<Long>> rows = IntStream.range(0, names.size())
                .mapToObj(truth -> IntStream.range(0, names.size())
                        .mapToObj(predicted -> confusion.count(truth, predicted))
                        .toList())
                .toList();
        return new ConfusionCounts(names, names, rows);
    }
}
