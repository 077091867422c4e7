package tandem.model.data;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * Which images to use, and which annotation of each. A list is named as below {@code ImageSets} and without
 * {@code .txt}, such as {@code Partial/train-boxes}, or as the path of a text file; for data in COCO layout also as an
 * instances file. An image in both a box list and a mask list has both.
 *
 * @param boxes of these images only the boxes are used, and each must have them
 * @param masks of these images only the mask is used, and each must have one
 * @param full of these images all existing boxes and masks are used
 */
public record ImageLists(List<String> boxes, List<String> masks, List<String> full) {

    /** Copies the lists. */
    public ImageLists {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
        full = List.copyOf(full);
    }

    /** Boxes of one list, masks of another. */
    public static ImageLists partial(String boxes, String masks) {
        return new ImageLists(List.of(boxes), List.of(masks), List.of());
    }

    /** All annotations of the images of one list. */
    public static ImageLists full(String list) {
        return new ImageLists(List.of(), List.of(), List.of(list));
    }

    /** Every image of the folder with all its annotations, for data without lists. */
    public static ImageLists everything() {
        return new ImageLists(List.of(), List.of(), List.of());
    }

    /** Calls the consumer with each list and its used annotations, in the order boxes, masks, full. */
    void each(BiConsumer<String, Annotation> consumer) {
        boxes.forEach(list -> consumer.accept(list, Annotation.BOXES));
        masks.forEach(list -> consumer.accept(list, Annotation.MASK));
        full.forEach(list -> consumer.accept(list, Annotation.BOTH));
    }

    /** Whether there is no list. */
    public boolean isEverything() {
        return boxes.isEmpty() && masks.isEmpty() && full.isEmpty();
    }
}
