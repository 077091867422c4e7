package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * A teacher of one task and the factors of its losses.
 *
 * @param file checkpoint or weights file, as the user named it
 * @param sha256 of its content, so that a resumed run has the same teacher
 * @param images on which it is applied
 * @param outputWeight factor of the loss between outputs; 0 for none. 1 is, for boxes, the published balance of offsets
 *     and class scores; for masks, the mean divergence of a pixel
 * @param temperature divisor of the logits of both before they are compared; the loss is multiplied by its square
 *     (Hinton et al. 2015, section 2)
 * @param featureWeight factor of the loss between feature maps; 0 for none, 1 published
 */
@RecordBuilder
public record TeacherSettings(
        @Setting String file,
        @Setting String sha256,

        @Setting(
                value = "all",
                option = "--teacher-images",
                param = "WHICH",
                order = 92,
                help = "Images that a teacher is applied to: labelled (for its task), unlabelled, or all.")
        DistilledImages images,

        @Setting(
                value = "1",
                option = "--teacher-weight",
                param = "X",
                order = 96,
                help = "Factor of the losses between outputs.")
        float outputWeight,

        @Setting(
                value = "1",
                option = "--temperature",
                param = "X",
                order = 98,
                help = "Divide the logits of both by this before they are compared.")
        float temperature,

        @Setting(
                value = "1",
                option = "--imitate-weight",
                param = "X",
                order = 97,
                help = "Factor of the losses between maps.")
        float featureWeight)
        implements TeacherSettingsBuilder.With {

    /** Rejects invalid settings. */
    public TeacherSettings {
        if (file == null || sha256 == null || images == null) {
            throw new IllegalArgumentException("a teacher needs file, sha256 and images");
        }
        if (!(outputWeight >= 0)
                || Float.isInfinite(outputWeight)
                || !(featureWeight >= 0)
                || Float.isInfinite(featureWeight)) {
            throw new IllegalArgumentException(
                    "the weights of a teacher must be at least 0, not " + outputWeight + " and " + featureWeight);
        }
        if (!(temperature > 0) || Float.isInfinite(temperature)) {
            throw new IllegalArgumentException("a teacher's temperature must be above 0, not " + temperature);
        }
    }

    /**
     * The teacher in a file, applied to all images with weights and temperature of 1.
     *
     * @throws IOException when the file cannot be read
     */
    public static TeacherSettings of(Path file) throws IOException {
        return of(file.toString(), digest(file));
    }

    /** The same with the digest of the file, which need not exist. */
    public static TeacherSettings of(String file, String sha256) {
        return SettingsRecord.defaults(TeacherSettings.class, Map.of("file", file, "sha256", sha256));
    }

    /** Whether this teacher's outputs are compared with the student's, and not only its maps. */
    public boolean comparesOutputs(FeatureLossType features) {
        return outputWeight > 0 || featureWeight > 0 && features == FeatureLossType.PDF;
    }

    /** Whether its outputs are needed at all. */
    public boolean needsOutputs(FeatureLossType features) {
        return comparesOutputs(features) || featureWeight > 0 && features == FeatureLossType.DEFEAT;
    }

    /** SHA-256 of a file's content, in hexadecimal digits. */
    public static String digest(Path file) throws IOException {
        MessageDigest digest = newDigest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The same of content in memory. */
    public static String digest(byte[] content) {
        return HexFormat.of().formatHex(newDigest().digest(content));
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
    }
}
