package tandem.model.data;

/**
 * A box around an object, in pixels of its image. Coordinates are pixel edges: the whole of a 4 x 3 image is (0, 0, 4,
 * 3), its first pixel (0, 0, 1, 1).
 *
 * @param label index of the class in {@link DataSet#boxClasses}, from 0
 * @param xMin left edge
 * @param yMin upper edge
 * @param xMax right edge, above {@code xMin}
 * @param yMax lower edge, above {@code yMin}
 * @param difficult marked as hard to recognize: trained on, but left out of the VOC average precision
 */
public record Box(int label, float xMin, float yMin, float xMax, float yMax, boolean difficult) {

    /** Rejects a box without area. */
    public Box {
        if (label < 0 || !(xMin < xMax) || !(yMin < yMax)) {
            throw new IllegalArgumentException("box of class " + label + " with edges (" + xMin + ", " + yMin + ", "
                    + xMax + ", " + yMax + "): the class must be 0 or more, and each minimum below its maximum");
        }
    }
}
