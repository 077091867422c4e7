package tandem.model.inference;

import java.util.List;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.ImageOutcome;
import tandem.model.metrics.TruthBox;
import tandem.model.network.NetworkSettings;

/**
 * The predictions for one image of a data set and its ground truth, at the image's original size.
 *
 * @param sample the image
 * @param found the predictions; overwritten by the next image
 * @param truth annotated boxes; null when the image has none or the network has no detection head
 * @param trueMask (height, width) true class of each pixel; null when the image has none or the network does not
 *     segment
 */
public record EvaluatedImage(Sample sample, Inspection found, List<TruthBox> truth, byte[] trueMask) {

    /** The predictions and the ground truth of the tasks that the network has. */
    public static EvaluatedImage of(NetworkSettings network, Sample sample, Inspection found) {
        List<TruthBox> truth = network.detects()
                ? sample.boxes()
                        .map(boxes -> boxes.stream().map(TruthBox::of).toList())
                        .orElse(null)
                : null;
        byte[] trueMask = network.segments() ? ImageDecoder.mask(sample).orElse(null) : null;
        return new EvaluatedImage(sample, found, truth, trueMask);
    }

    /** Adds it to the figures of a data set. */
    public void addTo(Evaluator evaluator) {
        evaluator.add(sample.id(), detections(), truth, trueMask == null ? null : found.maskBytes(), trueMask);
    }

    /** The matches of the image, to compute figures over any set of images. */
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
