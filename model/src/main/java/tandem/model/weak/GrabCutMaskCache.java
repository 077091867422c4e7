package tandem.model.weak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.declaration.Labels;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;
import tandem.model.settings.GrabCutMaskSettings;

/**
 * A folder of GrabCut masks. The file name is a hash of all inputs: pixels, boxes, classes and settings. Several runs
 * can share a folder. Safe for several threads and processes, because files are renamed into place when they are
 * complete.
 *
 * @param folder created when absent
 */
public record GrabCutMaskCache(Path folder) {

    /** To be increased when the algorithm changes. */
    private static final int VERSION = 1;

    /**
     * The folder of the system property {@code tandem.masks}, or {@code $XDG_CACHE_HOME/tandem/masks}, or
     * {@code ~/.cache/tandem/masks}.
     */
    public static GrabCutMaskCache standard() {
        String chosen = System.getProperty("tandem.masks");
        if (chosen != null) {
            return new GrabCutMaskCache(Path.of(chosen));
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path folder = cache != null && Path.of(cache).isAbsolute()
                ? Path.of(cache)
                : Path.of(System.getProperty("user.home"), ".cache");
        return new GrabCutMaskCache(folder.resolve("tandem").resolve("masks"));
    }

    /**
     * The mask of an image: read from the folder, or generated and stored. A damaged file is generated again.
     *
     * @throws UncheckedIOException when the folder cannot be written
     */
    byte[] mask(GrabCutMaskGenerator generator, DecodedImage image, List<Box> boxes) {
        Path file = folder.resolve(key(generator, image, boxes) + ".png");
        if (Files.exists(file)) {
            try {
                return ImageDecoder.mask(file, image.width(), image.height());
            } catch (DataException damaged) {
                // Generated again below.
            }
        }
        byte[] mask = generator.mask(image, boxes);
        try {
            Files.createDirectories(folder);
            LabelFolder.write(file, ImageFiles.png(MaskPng.image(mask, image.width(), image.height())));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write masks to " + folder + " (" + e.getMessage()
                            + "); set XDG_CACHE_HOME to a folder on a disk with free space",
                    e);
        }
        return mask;
    }

    /**
     * The first 16 bytes of SHA-256 over: version, failure and inside as labels, values, width, height and factor, as
     * text with a space between; iterations (int), border, minShare, maxShare (float), and label (int) and edges
     * (float) of each box, big-endian; the pixels.
     */
    static String key(GrabCutMaskGenerator generator, DecodedImage image, List<Box> boxes) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        GrabCutMaskSettings settings = generator.settings();
        digest.update("%d %s %s %s %d %d %d"
                .formatted(
                        VERSION,
                        Labels.of(settings.failure()),
                        Labels.of(settings.inside()),
                        generator.values(),
                        image.width(),
                        image.height(),
                        image.factor())
                .getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(16 + 20 * boxes.size());
        bytes.putInt(settings.iterations())
                .putFloat(settings.border())
                .putFloat(settings.minShare())
                .putFloat(settings.maxShare());
        for (Box box : boxes) {
            bytes.putInt(box.label())
                    .putFloat(box.xMin())
                    .putFloat(box.yMin())
                    .putFloat(box.xMax())
                    .putFloat(box.yMax());
        }
        digest.update(bytes.array());
        digest.update(image.rgb());
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }
}
