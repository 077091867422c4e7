package tandem.model.data;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.util.Arrays;
import tandem.model.image.Orientation;

/** The orientation that EXIF metadata contain. */
final class ExifOrientation {

    private ExifOrientation() {}

    /**
     * Reads it.
     *
     * @param bytes a file
     * @param start the first byte of the metadata, a TIFF header
     * @param end the byte after the last
     * @return upright when there is none, or the metadata are damaged
     */
    static Orientation of(byte[] bytes, int start, int end) {
        if (start >= end || end > bytes.length) {
            return Orientation.UPRIGHT;
        }
        byte[] tiff = start == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
        Metadata metadata = new Metadata();
        try {
            new ExifReader().extract(new ByteArrayReader(tiff), metadata);
        } catch (RuntimeException e) {
            // What was read before the damaged part is used.
        }
        ExifIFD0Directory directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        Integer tag = directory == null ? null : directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        return tag == null ? Orientation.UPRIGHT : Orientation.of(tag);
    }
}
