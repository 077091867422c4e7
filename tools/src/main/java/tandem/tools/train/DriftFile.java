package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.inference.EvaluatedImage;
import tandem.model.inference.FileBesideWeights;
import tandem.model.monitor.DriftFrame;
import tandem.model.monitor.DriftReference;
import tandem.model.monitor.DriftReferenceBuilder;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;
import tandem.tools.JsonFile;

/** Collects evaluated images for the drift reference beside the weights. */
final class DriftFile implements Consumer<EvaluatedImage> {

    /** Which images are collected. */
    enum Images {
        /** Annotated images without a defect. */
        good,
        /** All images. */
        all
    }

    private final NetworkSettings settings;
    private final Images images;
    private final DriftFrame frame;
    private final DriftReferenceBuilder builder;

    DriftFile(NetworkSettings settings, Images images) {
        this.settings = settings;
        this.images = images;
        frame = new DriftFrame(settings);
        builder = new DriftReferenceBuilder(settings);
    }

    @Override
    public void accept(EvaluatedImage image) {
        if (images == Images.good && !isGood(image)) {
            return;
        }
        DecodedImage pixels = ImageDecoder.decode(image.sample(), settings.sampleBits());
        frame.read(pixels.rows(), pixels.width(), pixels.height());
        frame.read(image.found());
        builder.add(frame);
    }

    private static boolean isGood(EvaluatedImage image) {
        if (image.truth() == null && image.trueMask() == null) {
            return false;
        }
        if (image.truth() != null && !image.truth().isEmpty()) {
            return false;
        }
        if (image.trueMask() != null) {
            for (byte value : image.trueMask()) {
                if (value != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * @param checksum of the weights
     * @throws InputException when the images are too few
     */
    void save(Path weights, Optional<String> checksum, PrintWriter out) throws IOException {
        if (builder.frames() < DriftReference.MIN_FRAMES) {
            throw new InputException("--save-drift " + images + ": " + builder.frames() + " images, at least "
                    + DriftReference.MIN_FRAMES + " are needed"
                    + (images == Images.good ? "; evaluate more good parts, or use --save-drift all" : ""));
        }
        Path file = DriftReference.file(weights);
        JsonFile.write(file, FileBesideWeights.naming(checksum, builder.build().toJson()));
        out.println("drift reference: " + file + " (" + builder.frames() + " images)");
    }
}
