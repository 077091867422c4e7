package tandem.model.strategy;

import java.util.List;
import tandem.model.distillation.Task;

/**
 * Training images and which annotation of each is used.
 *
 * @param boxes names of the images whose boxes are used
 * @param masks names of the images whose mask is used; a name may be in both
 * @param full whether all these images are used with all their annotations, whatever the two lists contain
 */
public record AnnotationSubset(List<String> boxes, List<String> masks, boolean full) {

    /** Copies the lists. */
    public AnnotationSubset {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
    }

    /** The subset for a network of one task. */
    public AnnotationSubset only(Task task) {
        return task == Task.DETECTION
                ? new AnnotationSubset(boxes, List.of(), false)
                : new AnnotationSubset(List.of(), masks, false);
    }

    /** The same images with all their annotations. */
    public AnnotationSubset everything() {
        return new AnnotationSubset(boxes, masks, true);
    }

    /** Number of images annotated for a task. */
    public int count(Task task) {
        return task == Task.DETECTION ? boxes.size() : masks.size();
    }
}
