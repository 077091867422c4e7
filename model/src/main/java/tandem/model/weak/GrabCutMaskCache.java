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
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;
import tandem.model.settings.GrabCutMaskSettings;

/**
 * Masks made from boxes on disk, named by a hash of all that they follow from: pixels, boxes, classes and settings.
 * Several runs can share one. Thread-safe, also between processes, since files appear whole.
 *
 * @param folder where they are; made when absent
 */
public record GrabCutMaskCache(Path folder) {

    /** Counts up when the way masks are made changes. */
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
     * The mask of a picture, made now unless it is there. A damaged file is made anew.
     *
     * @throws UncheckedIOException when the folder cannot be written
     */
    public byte[] mask(GrabCutMaskGenerator maker, DecodedImage image, List<Box> boxes) {
        Path file = folder.resolve(key(maker, image, boxes) + ".png");
        if (Files.exists(file)) {
            try {
                return ImageDecoder.mask(file, image.width(), image.height());
            } catch (DataException damaged) {
                // Made anew below: whoever damaged it, nothing is lost.
            }
        }
        byte[] mask = maker.mask(image, boxes);
        try {
            Files.createDirectories(folder);
            LabelFolder.write(file, ImageFiles.png(MaskPng.image(mask, image.width(), image.height())));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot keep masks in " + folder + " (" + e.getMessage()
                            + "); set XDG_CACHE_HOME to a folder with room",
                    e);
        }
        return mask;
    }

    static String key(GrabCutMaskGenerator maker, DecodedImage image, List<Box> boxes) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        GrabCutMaskSettings settings = maker.settings().withWeight(0);
        digest.update((VERSION + " " + settings + " " + maker.values() + " " + image.width() + " " + image.height()
                        + " " + image.factor())
                .getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(20 * boxes.size());
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
