package tandem.model.weak;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A compressed mask in memory. Masks are mostly large areas of one value, so the masks of a whole data set fit.
 * Thread-safe.
 */
final class PackedMask {

    private final int length;
    private final byte[] packed;

    private PackedMask(int length, byte[] packed) {
        this.length = length;
        this.packed = packed;
    }

    static PackedMask of(byte[] mask) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(mask);
            deflater.finish();
            byte[] room = new byte[mask.length + mask.length / 1000 + 64];
            int size = 0;
            while (!deflater.finished()) {
                size += deflater.deflate(room, size, room.length - size);
            }
            return new PackedMask(mask.length, Arrays.copyOf(room, size));
        } finally {
            deflater.end();
        }
    }

    byte[] unpack() {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            byte[] mask = new byte[length];
            int size = inflater.inflate(mask);
            if (size != length) {
                throw new IllegalStateException("a packed mask holds " + size + " of " + length + " pixels");
            }
            return mask;
        } catch (DataFormatException e) {
            throw new IllegalStateException("a packed mask is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
