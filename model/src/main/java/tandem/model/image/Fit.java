package tandem.model.image;

/** How an image whose shape is not that of the network's input becomes an input. */
public enum Fit {
    /** Columns and rows are scaled separately, so that the image fills the input; objects change their shape. */
    STRETCH,
    /**
     * Columns and rows are scaled by one factor. The image lies at the upper left of the input; the rest is gray in the
     * image and ignored in the mask.
     */
    LETTERBOX
}
