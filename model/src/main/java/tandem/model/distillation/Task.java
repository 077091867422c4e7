package tandem.model.distillation;

/** A task of a network or a teacher. Its ordinal is its column in the image weights. */
public enum Task {
    /** Boxes. */
    DETECTION,
    /** Masks. */
    SEGMENTATION;

    /** The other task. */
    public Task other() {
        return this == DETECTION ? SEGMENTATION : DETECTION;
    }

    /** Its name in messages and in the names of tensors. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
