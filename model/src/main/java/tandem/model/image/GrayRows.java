package tandem.model.image;

/** The rows of an image whose pixels are gray, also as one byte per pixel. */
public interface GrayRows extends RgbRows {

    /**
     * Writes row {@code y}: width bytes.
     *
     * @param gray receives the row from index {@code at}
     */
    void readGray(int y, byte[] gray, int at);
}
