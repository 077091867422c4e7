package tandem.model.weak;

import java.util.List;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.ImageConversion;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.InputImages;
import tandem.model.inference.Inspection;

/** Runs a network over selected images of a data set, without augmentation. Its memory is reused by the next run. */
final class Predictor implements AutoCloseable {

    /** Receives the predictions for one image. */
    interface Consumer {
        /**
         * @param sample index of the image in the data set
         * @param place its place in the batch, for {@link InferenceProgram#readMask}
         * @param found size and boxes, without a mask; overwritten by the next image
         */
        void accept(int sample, int place, Inspection found);
    }

    private final ImageCache images;
    private final InferenceProgram program;
    private final InputImages input;
    private final Inspection found = new Inspection();

    /** @param images used directly when the network converts images in the same way, otherwise decoded again */
    Predictor(FoldedModel model, ImageCache images, int batch) {
        ImageConversion conversion = model.network().settings().conversion();
        this.images = images.conversion().equals(conversion) ? images : new ImageCache(images.data(), conversion, 0);
        if (conversion.isInParts()) {
            throw new IllegalArgumentException("labels cannot be predicted by a network that was trained on crops: it "
                    + "reads tiles of an image; use one that was trained on whole images");
        }
        input = new InputImages(batch, this.images.maxDecodedPixels(), conversion.placement());
        program = new InferenceProgram(
                model, batch, this.images.maxDecodedPixels(), NonMaximumSuppression.Settings.DEFAULT);
    }

    InferenceProgram program() {
        return program;
    }

    void run(List<Integer> samples, Consumer consumer) {
        for (int first = 0; first < samples.size(); first += program.images()) {
            List<Integer> part = samples.subList(first, Math.min(samples.size(), first + program.images()));
            List<DecodedImage> decoded = part.parallelStream().map(images::get).toList();
            for (int i = 0; i < program.images(); i++) {
                if (i < decoded.size()) {
                    input.put(i, decoded.get(i));
                } else {
                    input.leaveEmpty(i);
                }
            }
            program.run(input);
            for (int i = 0; i < part.size(); i++) {
                Sample sample = images.data().samples().get(part.get(i));
                program.readBoxes(i, sample.width(), sample.height(), found);
                consumer.accept(part.get(i), i, found);
            }
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
