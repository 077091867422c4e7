package tandem.model.weak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.inference.Inspection;
import tandem.model.settings.RegionBoxSettings;

/**
 * Makes boxes from a mask. Around each region of a class is a box; boxes that a network predicts for the same class
 * then correct where regions are not objects: several predictions in one region split it, one prediction around several
 * regions merges them, any other region keeps its box. After the idea of mask-for-box (Le and Pham, BMVC 2024), whose
 * own rules are not published in enough detail: these are ours.
 *
 * @param settings how
 * @param labels for each mask value the box class of the same name, or -1
 */
public record RegionBoxGenerator(RegionBoxSettings settings, List<Integer> labels) {

    /** A prediction merges regions only when it overlaps the box around all of them by this intersection over union. */
    static final double MERGED_FIT = 0.5;

    /**
     * Boxes of one picture, the largest first.
     *
     * @param split regions that were split
     * @param merged boxes that were merged from several regions
     */
    public record Made(List<Box> boxes, int split, int merged) {}

    /** A box that a network predicts, in pixels of the original picture. */
    public record Predicted(Box box, float score) {}

    /** Finds box classes by the names of mask classes. */
    public static RegionBoxGenerator of(RegionBoxSettings settings, List<String> boxClasses, List<String> maskClasses) {
        List<Integer> labels = new ArrayList<>(List.of(-1));
        maskClasses.forEach(name -> labels.add(boxClasses.indexOf(name)));
        return new RegionBoxGenerator(settings, labels);
    }

    /** The boxes that a network found. */
    public static List<Predicted> predictions(Inspection found) {
        List<Predicted> predictions = new ArrayList<>();
        for (int i = 0; i < found.boxes(); i++) {
            if (found.left(i) < found.right(i) && found.top(i) < found.bottom(i)) {
                predictions.add(new Predicted(
                        new Box(found.label(i), found.left(i), found.top(i), found.right(i), found.bottom(i), false),
                        found.score(i)));
            }
        }
        return predictions;
    }

    /**
     * The boxes of a picture.
     *
     * @param image with its mask
     * @param predictions of a network; empty to use the boxes as they are
     */
    public Made boxes(DecodedImage image, List<Predicted> predictions) {
        List<Box> result = new ArrayList<>();
        int split = 0;
        int merged = 0;
        List<MaskComponent> regions = MaskComponent.of(
                image.mask(), image.width(), image.height(), settings.minArea() * (double) image.mask().length);
        for (int value = 1; value < labels.size(); value++) {
            int label = labels.get(value);
            if (label < 0) {
                continue;
            }
            List<Predicted> sure = predictions.stream()
                    .filter(one -> one.box().label() == label && one.score() >= settings.score())
                    .sorted(Comparator.comparingDouble(one -> -one.score()))
                    .toList();
            List<Box> whole = new ArrayList<>();
            for (MaskComponent region : regions) {
                if (region.value() == value) {
                    List<Box> parts = split(region, clipped(region.box(label, image.factor()), image), sure, image);
                    if (parts.size() > 1) {
                        result.addAll(parts);
                        split++;
                    } else {
                        whole.add(clipped(region.box(label, image.factor()), image));
                    }
                }
            }
            merged += merge(whole, sure);
            result.addAll(whole);
        }
        result.sort(Comparator.comparingDouble(box -> -BoxOverlap.area(box)));
        return new Made(List.copyOf(result.subList(0, Math.min(result.size(), settings.maxBoxes()))), split, merged);
    }

    /** The last column and row of a shrunken picture may stand for fewer pixels. */
    private static Box clipped(Box box, DecodedImage image) {
        float width = image.contentWidth() * image.factor();
        float height = image.contentHeight() * image.factor();
        return new Box(
                box.label(), box.xMin(), box.yMin(), Math.min(width, box.xMax()), Math.min(height, box.yMax()), false);
    }

    /** The boxes of the parts of a region, or fewer than two when the predictions do not split it. */
    private List<Box> split(MaskComponent region, Box box, List<Predicted> sure, DecodedImage image) {
        List<Box> parts = new ArrayList<>();
        for (Predicted one : sure) {
            if (BoxOverlap.inside(one.box(), box) >= settings.inside()
                    && parts.stream()
                            .allMatch(
                                    other -> BoxOverlap.intersectionOverUnion(one.box(), other) <= settings.apart())) {
                parts.add(one.box());
            }
        }
        if (parts.size() < 2) {
            return List.of();
        }
        int[][] extents = new int[parts.size()][];
        int covered = 0;
        for (int pixel : region.pixels()) {
            int x = pixel % image.width();
            int y = pixel / image.width();
            double centreX = (x + 0.5) * image.factor();
            double centreY = (y + 0.5) * image.factor();
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < parts.size(); i++) {
                double distance = distance(parts.get(i), centreX, centreY);
                if (distance < least) {
                    least = distance;
                    best = i;
                }
            }
            covered += least <= 1 ? 1 : 0;
            int[] extent = extents[best];
            extents[best] = extent == null
                    ? new int[] {x, y, x + 1, y + 1}
                    : new int[] {
                        Math.min(extent[0], x),
                        Math.min(extent[1], y),
                        Math.max(extent[2], x + 1),
                        Math.max(extent[3], y + 1)
                    };
        }
        if (covered < settings.covered() * region.pixels().length) {
            return List.of();
        }
        List<Box> boxes = new ArrayList<>();
        for (int[] extent : extents) {
            if (extent != null) {
                boxes.add(clipped(
                        new MaskComponent(region.value(), extent[0], extent[1], extent[2], extent[3], new int[0])
                                .box(box.label(), image.factor()),
                        image));
            }
        }
        return boxes;
    }

    /** How far a point is from a box's centre, 1 at its edges. */
    private static double distance(Box box, double x, double y) {
        double dx = Math.abs(2 * x - box.xMin() - box.xMax()) / (box.xMax() - box.xMin());
        double dy = Math.abs(2 * y - box.yMin() - box.yMax()) / (box.yMax() - box.yMin());
        return Math.max(dx, dy);
    }

    /** Merges boxes that one prediction is around of; returns how many boxes came of it. */
    private int merge(List<Box> boxes, List<Predicted> sure) {
        int merged = 0;
        List<Box> made = new ArrayList<>();
        for (Predicted one : sure) {
            List<Box> inside = boxes.stream()
                    .filter(box -> BoxOverlap.inside(box, one.box()) >= settings.inside())
                    .toList();
            if (inside.size() > 1) {
                Box around = inside.stream().reduce(BoxOverlap::around).orElseThrow();
                if (BoxOverlap.intersectionOverUnion(around, one.box()) >= MERGED_FIT) {
                    boxes.removeAll(inside);
                    made.add(around);
                    merged++;
                }
            }
        }
        boxes.addAll(made);
        return merged;
    }
}
