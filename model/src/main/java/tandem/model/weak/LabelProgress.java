package tandem.model.weak;

/**
 * Progress of generating labels.
 *
 * @param what kind of labels, such as {@code masks from boxes}
 * @param done images done, of {@code images}
 */
public record LabelProgress(String what, int done, int images) implements LabelEvent {}
