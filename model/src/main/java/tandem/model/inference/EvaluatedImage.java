package tandem.model.inference;

import java.util.List;
import tandem.model.data.Sample;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.ImageOutcome;
import tandem.model.metrics.TruthBox;
import tandem.model.network.NetworkSettings;

/**
 * What was found in one image of a data set beside the ground truth, at the image's own size.
 *
 * @param sample the image
 * @param found what was found; filled again for the next image
 * @param truth annotated boxes; null when the image has none or the network finds no boxes
 * @param trueMask (height, width) true class of each pixel; null when the image has none or the network does not
 *     segment
 */
public record EvaluatedImage(Sample sample, Inspection found, List<TruthBox> truth, byte[] trueMask) {

    /** Adds it to the figures of a data set. */
    public void addTo(Evaluator evaluator) {
        evaluator.add(sample.id(), detections(), truth, trueMask == null ? null : found.maskBytes(), trueMask);
    }

    /** What is kept of it to compute figures over any selection of images. */
    public ImageOutcome outcome(NetworkSettings network) {
        return ImageOutcome.of(
                sample.id(),
                network.boxClasses().size(),
                network.maskChannels(),
                detections(),
                truth,
                trueMask == null ? null : found.maskBytes(),
                trueMask);
    }

    private List<Detection> detections() {
        return truth == null ? null : found.detections();
    }
}
