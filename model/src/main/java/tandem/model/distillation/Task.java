package tandem.model.distillation;

/** What a network is asked for, and a teacher teaches. Its ordinal is its column in the weights of images. */
public enum Task {
    /** Boxes. */
    DETECTION,
    /** Masks. */
    SEGMENTATION;

    /** The other one. */
    public Task other() {
        return this == DETECTION ? SEGMENTATION : DETECTION;
    }

    /** Its name in messages and in the names of tensors. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
