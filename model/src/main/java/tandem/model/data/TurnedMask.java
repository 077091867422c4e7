package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import tandem.model.image.Orientation;

/**
 * A mask of the stored pixels of an image that must be turned to be upright.
 *
 * @param stored the mask
 * @param turn from stored to upright pixels
 */
record TurnedMask(ClassMask stored, Orientation turn) implements ClassMask {

    @Override
    public Path file() {
        return stored.file();
    }

    @Override
    public List<Long> pixels() {
        return stored.pixels();
    }

    @Override
    public long ignored() {
        return stored.ignored();
    }

    @Override
    public byte[] read(int width, int height) {
        int columns = turn.isTransposed() ? height : width;
        int rows = turn.isTransposed() ? width : height;
        return turn.turn(stored.read(columns, rows), columns, rows, 1);
    }

    @Override
    public long checksum() {
        return stored.checksum();
    }
}
