package tandem.model.weak;

/** An event while pseudo-labels and weak labels are generated. */
public sealed interface LabelEvent permits LabelProgress, LabelCount {}
