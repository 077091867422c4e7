package tandem.model.train;

/**
 * Losses of a batch, before task weights; 0 for a part that the network or the batch does not have.
 *
 * @param total the weighted sum that is differentiated
 * @param location loss of the box coordinates
 * @param confidence loss of the class scores
 * @param segmentation loss of the masks
 * @param distillation loss against the teachers, their factors included
 */
public record StepLosses(float total, float location, float confidence, float segmentation, float distillation) {

    /** Without teachers. */
    public StepLosses(float total, float location, float confidence, float segmentation) {
        this(total, location, confidence, segmentation, 0);
    }
}
