package tandem.model.inference;

import java.nio.ByteBuffer;

/** Receives the mask of a strip in parts, from top to bottom. */
@FunctionalInterface
public interface MaskRows {

    /** Ignores the mask. */
    MaskRows NONE = (first, classes) -> {};

    /**
     * The next rows.
     *
     * @param first number of the first of these rows
     * @param classes (rows, width) from its position to its limit: 0 is background; reused afterwards
     */
    void next(int first, ByteBuffer classes);
}
