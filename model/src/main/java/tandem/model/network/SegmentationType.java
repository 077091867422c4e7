package tandem.model.network;

/** The resolution of the last convolutions of the segmentation head. Both types have the same parameters. */
public enum SegmentationType {
    /** At stride 4; logits are (N, S/4, S/4, C) and are up-sampled bilinearly afterwards. */
    LIGHT,
    /** At full resolution, as published; sixteen times the work of {@link #LIGHT}. Logits are (N, S, S, C). */
    PUBLISHED
}
