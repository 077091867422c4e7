package tandem.model.distillation;

/** What a teacher teaches. Its ordinal is its column in the weights of images. */
public enum Task {
    /** Boxes. */
    DETECTION,
    /** Masks. */
    SEGMENTATION;

    /** Its name in messages and in the names of tensors. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
