package tandem.model.network;

/** Where the segmentation head does its last convolutions. Both have the same parameters. */
public enum SegmentationType {
    /** At stride 4; logits are (N, S/4, S/4, C) and whoever reads them up-samples bilinearly. */
    LIGHT,
    /** At full resolution, as published; sixteen times the work of {@link #LIGHT}. Logits are (N, S, S, C). */
    PUBLISHED
}
