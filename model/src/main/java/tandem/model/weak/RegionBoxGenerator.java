package tandem.model.weak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.inference.Inspection;
import tandem.model.settings.RegionBoxSettings;

/**
 * Generates boxes from a mask: the bounding box of each connected component of a class. Boxes that a network predicts
 * for the same class then correct components that are not objects: several predictions inside one component split it,
 * one prediction around several components merges them, any other component keeps its box. Based on mask-for-box (Le
 * and Pham, BMVC 2024); the rules are our own, because the published ones are not complete.
 *
 * @param settings thresholds of the rules
 * @param labels for each mask value the box class of the same name, or -1
 */
public record RegionBoxGenerator(RegionBoxSettings settings, List<Integer> labels) {

    /**
     * A prediction merges components only when its intersection over union with the box around all of them is at least
     * this.
     */
    static final double MERGED_FIT = 0.5;

    /**
     * The boxes of one image, by decreasing area.
     *
     * @param split number of components that were split
     * @param merged number of boxes that were merged from several components
     */
    public record Result(List<Box> boxes, int split, int merged) {}

    /** A box that a network predicted, in pixels of the original image. */
    public record Predicted(Box box, float score) {}

    /** Maps mask classes to box classes by their names. */
    public static RegionBoxGenerator of(RegionBoxSettings settings, List<String> boxClasses, List<String> maskClasses) {
        List<Integer> labels = new ArrayList<>(List.of(-1));
        maskClasses.forEach(name -> labels.add(boxClasses.indexOf(name)));
        return new RegionBoxGenerator(settings, labels);
    }

    /** The boxes that a network predicted. */
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
     * The boxes of an image.
     *
     * @param image with its mask
     * @param predictions of a network; empty to keep the bounding boxes of the components
     */
    public Result boxes(DecodedImage image, List<Predicted> predictions) {
        List<Box> result = new ArrayList<>();
        int split = 0;
        int merged = 0;
        List<MaskComponent> components = MaskComponent.of(
                image.mask(), image.width(), image.height(), settings.minArea() * (double) image.mask().length);
        for (int value = 1; value < labels.size(); value++) {
            int label = labels.get(value);
            if (label < 0) {
                continue;
            }
            List<Predicted> confident = predictions.stream()
                    .filter(one -> one.box().label() == label && one.score() >= settings.minScore())
                    .sorted(Comparator.comparingDouble(one -> -one.score()))
                    .toList();
            List<Box> whole = new ArrayList<>();
            for (MaskComponent component : components) {
                if (component.value() == value) {
                    List<Box> parts =
                            split(component, clipped(component.box(label, image.factor()), image), confident, image);
                    if (parts.size() > 1) {
                        result.addAll(parts);
                        split++;
                    } else {
                        whole.add(clipped(component.box(label, image.factor()), image));
                    }
                }
            }
            merged += merge(whole, confident);
            result.addAll(whole);
        }
        result.sort(Comparator.comparingDouble(box -> -BoxOverlap.area(box)));
        return new Result(List.copyOf(result.subList(0, Math.min(result.size(), settings.maxBoxes()))), split, merged);
    }

    /** The last column and row of a downscaled image may represent fewer pixels. */
    private static Box clipped(Box box, DecodedImage image) {
        float width = image.contentWidth() * image.factor();
        float height = image.contentHeight() * image.factor();
        return new Box(
                box.label(), box.xMin(), box.yMin(), Math.min(width, box.xMax()), Math.min(height, box.yMax()), false);
    }

    /** The boxes of the parts of a component; fewer than two when the predictions do not split it. */
    private List<Box> split(MaskComponent component, Box box, List<Predicted> confident, DecodedImage image) {
        List<Box> parts = new ArrayList<>();
        for (Predicted one : confident) {
            if (BoxOverlap.inside(one.box(), box) >= settings.minInsideShare()
                    && parts.stream()
                            .allMatch(other ->
                                    BoxOverlap.intersectionOverUnion(one.box(), other) <= settings.maxOverlap())) {
                parts.add(one.box());
            }
        }
        if (parts.size() < 2) {
            return List.of();
        }
        int[][] extents = new int[parts.size()][];
        int covered = 0;
        for (int pixel : component.pixels()) {
            int x = pixel % image.width();
            int y = pixel / image.width();
            double centerX = (x + 0.5) * image.factor();
            double centerY = (y + 0.5) * image.factor();
            int best = 0;
            double minDistance = Double.POSITIVE_INFINITY;
            for (int i = 0; i < parts.size(); i++) {
                double distance = distance(parts.get(i), centerX, centerY);
                if (distance < minDistance) {
                    minDistance = distance;
                    best = i;
                }
            }
            covered += minDistance <= 1 ? 1 : 0;
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
        if (covered < settings.minCoveredShare() * component.pixels().length) {
            return List.of();
        }
        List<Box> boxes = new ArrayList<>();
        for (int[] extent : extents) {
            if (extent != null) {
                boxes.add(clipped(
                        new MaskComponent(component.value(), extent[0], extent[1], extent[2], extent[3], new int[0])
                                .box(box.label(), image.factor()),
                        image));
            }
        }
        return boxes;
    }

    /** Distance of a point from the center of a box, 1 at the edges of the box. */
    private static double distance(Box box, double x, double y) {
        double dx = Math.abs(2 * x - box.xMin() - box.xMax()) / (box.xMax() - box.xMin());
        double dy = Math.abs(2 * y - box.yMin() - box.yMax()) / (box.yMax() - box.yMin());
        return Math.max(dx, dy);
    }

    /** Merges boxes that lie inside one prediction; returns the number of merged boxes. */
    private int merge(List<Box> boxes, List<Predicted> confident) {
        int merged = 0;
        List<Box> mergedBoxes = new ArrayList<>();
        for (Predicted one : confident) {
            List<Box> inside = boxes.stream()
                    .filter(box -> BoxOverlap.inside(box, one.box()) >= settings.minInsideShare())
                    .toList();
            if (inside.size() > 1) {
                Box around = inside.stream().reduce(BoxOverlap::around).orElseThrow();
                if (BoxOverlap.intersectionOverUnion(around, one.box()) >= MERGED_FIT) {
                    boxes.removeAll(inside);
                    mergedBoxes.add(around);
                    merged++;
                }
            }
        }
        boxes.addAll(mergedBoxes);
        return merged;
    }
}
