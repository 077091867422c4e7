package tandem.model.audit;

import java.util.ArrayList;
import java.util.List;
import tandem.model.data.DataSet;

/**
 * Agreement of boxes and masks in the same images.
 *
 * @param images number of images with both
 * @param boxClasses one entry for each occurring box class
 * @param maskClasses one entry for each occurring mask class
 */
public record Agreement(int images, List<BoxClass> boxClasses, List<MaskClass> maskClasses) {

    /**
     * Boxes of one class in images with both.
     *
     * @param boxes number of boxes
     */
    public record BoxClass(String name, int boxes, int withPixels, int withOwnPixels) {}

    /**
     * Mask pixels of one class in images with both.
     *
     * @param pixels number of pixels
     * @param inside number of pixels inside a box
     */
    public record MaskClass(String name, long pixels, long inside) {}

    /** Copies the lists. */
    public Agreement {
        boxClasses = List.copyOf(boxClasses);
        maskClasses = List.copyOf(maskClasses);
    }

    /** Share of the boxes that have a mask pixel; 0 without boxes. */
    public double boxesWithPixels() {
        int boxes = boxClasses.stream().mapToInt(BoxClass::boxes).sum();
        return boxes == 0
                ? 0
                : (double) boxClasses.stream().mapToInt(BoxClass::withPixels).sum() / boxes;
    }

    /** Share of the mask pixels that lie in a box; 0 without pixels. */
    public double pixelsInside() {
        long pixels = maskClasses.stream().mapToLong(MaskClass::pixels).sum();
        return pixels == 0
                ? 0
                : (double) maskClasses.stream().mapToLong(MaskClass::inside).sum() / pixels;
    }

    /** Counts over all images; null when no image has both. */
    static Agreement of(DataSet data, List<ImageFacts> images) {
        List<ImageFacts> both = images.stream().filter(ImageFacts::carriesBoth).toList();
        if (both.isEmpty()) {
            return null;
        }
        int[][] boxes = new int[data.boxClasses().size()][3];
        long[][] pixels = new long[data.maskClasses().size()][2];
        for (ImageFacts image : both) {
            for (ImageFacts.BoxPixels box : image.boxes()) {
                boxes[box.label()][0]++;
                boxes[box.label()][1] += box.labelled() > 0 ? 1 : 0;
                boxes[box.label()][2] += box.own() > 0 ? 1 : 0;
            }
            for (int i = 0; i < pixels.length; i++) {
                pixels[i][0] += image.sample().mask().orElseThrow().pixels().get(i + 1);
                pixels[i][1] += image.inside().get(i);
            }
        }
        List<BoxClass> boxClasses = new ArrayList<>();
        for (int i = 0; i < boxes.length; i++) {
            if (boxes[i][0] > 0) {
                boxClasses.add(new BoxClass(data.boxClasses().get(i), boxes[i][0], boxes[i][1], boxes[i][2]));
            }
        }
        List<MaskClass> maskClasses = new ArrayList<>();
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i][0] > 0) {
                maskClasses.add(new MaskClass(data.maskClasses().get(i), pixels[i][0], pixels[i][1]));
            }
        }
        return new Agreement(both.size(), boxClasses, maskClasses);
    }
}
