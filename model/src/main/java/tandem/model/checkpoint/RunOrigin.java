package tandem.model.checkpoint;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.declaration.StrictJson;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * The data and the device of a run, which a resumed run must have again to be equal to one without interruption.
 * Fingerprints are SHA-256 in hexadecimal. The pixels of images are not part of them.
 *
 * @param lists fingerprint of the names of the training images, in order, and of which annotations of each are used
 * @param labels fingerprint of the classes, the sizes of the images, the boxes and the masks
 * @param heldOut fingerprint of the held-out images and their labels; empty without
 * @param device the device, with its number of threads
 */
public record RunOrigin(String lists, String labels, String heldOut, String device) {

    private static final String KEY = "origin";

    @FunctionalInterface
    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    /** The origin of a run on these images. */
    public static RunOrigin of(DataSet training, String device) {
        return new RunOrigin(hash(out -> lists(out, training)), hash(out -> labels(out, training)), "", device);
    }

    /** The same with held-out images. */
    public RunOrigin withHeldOut(DataSet images) {
        return new RunOrigin(
                lists,
                labels,
                hash(out -> {
                    lists(out, images);
                    labels(out, images);
                }),
                device);
    }

    private static void lists(DataOutputStream out, DataSet data) throws IOException {
        for (Sample sample : data.samples()) {
            out.writeUTF(sample.id());
            out.writeUTF(sample.annotation().name());
        }
    }

    private static void labels(DataOutputStream out, DataSet data) throws IOException {
        names(out, data.boxClasses());
        names(out, data.maskClasses());
        for (Sample sample : data.samples()) {
            out.writeInt(sample.width());
            out.writeInt(sample.height());
            for (Box box : sample.boxes().orElse(List.of())) {
                out.writeInt(box.label());
                out.writeFloat(box.xMin());
                out.writeFloat(box.yMin());
                out.writeFloat(box.xMax());
                out.writeFloat(box.yMax());
                out.writeBoolean(box.difficult());
            }
            out.writeInt(sample.boxes().map(List::size).orElse(-1));
            out.writeLong(sample.mask().map(mask -> mask.checksum()).orElse(-1L));
        }
    }

    private static void names(DataOutputStream out, List<String> names) throws IOException {
        out.writeInt(names.size());
        for (String name : names) {
            out.writeUTF(name);
        }
    }

    private static String hash(Content content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DataOutputStream out =
                    new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
                content.write(out);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the origin of a checkpoint; empty for one of an earlier build. */
    public static Optional<RunOrigin> read(SafetensorsReader checkpoint) throws WeightsException {
        String text = checkpoint.metadata().get(KEY);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(StrictJson.read(checkpoint.file().toString(), text, RunOrigin.class));
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /** Adds it to a checkpoint. */
    public void write(SafetensorsWriter checkpoint) {
        checkpoint.put(KEY, StrictJson.write(this));
    }

    /**
     * Why a run with this origin cannot be resumed with other training images; empty when it can.
     *
     * @param now the origin of the resumed run
     */
    public Optional<String> difference(RunOrigin now) {
        if (!lists.equals(now.lists)) {
            return Optional.of(
                    "started with other lists of training images, or in another order; resume with the lists it"
                            + " was started with");
        }
        return labels.equals(now.labels)
                ? Optional.empty()
                : Optional.of("the labels of the training images changed since it was started; restore them, or start a"
                        + " new run (--continue trains its network on)");
    }
}
