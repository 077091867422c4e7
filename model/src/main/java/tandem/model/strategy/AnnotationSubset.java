package tandem.model.strategy;

import java.util.List;
import tandem.model.distillation.Task;

/**
 * Images to train on and which annotation of each.
 *
 * @param boxes names of the images whose boxes are used
 * @param masks names of the images whose mask is used; a name may be in both
 * @param full whether all these images are used with everything they carry, beyond what the two lists say
 */
public record AnnotationSubset(List<String> boxes, List<String> masks, boolean full) {

    /** Fixes the lists. */
    public AnnotationSubset {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
    }

    /** What a network of one task learns from. */
    public AnnotationSubset only(Task task) {
        return task == Task.DETECTION
                ? new AnnotationSubset(boxes, List.of(), false)
                : new AnnotationSubset(List.of(), masks, false);
    }

    /** The same images with everything they carry. */
    public AnnotationSubset everything() {
        return new AnnotationSubset(boxes, masks, true);
    }

    /** Number of images annotated for a task. */
    public int count(Task task) {
        return task == Task.DETECTION ? boxes.size() : masks.size();
    }
}
