package tandem.model.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tandem.model.checkpoint.RunOrigin;
import tandem.model.checkpoint.ValidationState;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.weights.WeightsException;

/** Checks that a resumed run has the data, the held-out images and the device that it was started with. */
final class OriginCheck {

    private final List<String> notes = new ArrayList<>();
    private RunOrigin origin;
    private RunOrigin started;

    /** A run on these training images. */
    OriginCheck(DataSet training, String device) {
        origin = RunOrigin.of(training, device);
    }

    /** The origin of this run, for its checkpoints. */
    RunOrigin origin() {
        return origin;
    }

    /** What the user should know about a resumed run. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Compares with the origin in a checkpoint.
     *
     * @param checkpoint its file
     * @param found its origin; empty for a checkpoint of an earlier build
     * @throws WeightsException when the training images or their labels are others
     */
    void resume(Path checkpoint, Optional<RunOrigin> found) throws WeightsException {
        started = found.orElse(null);
        if (started == null) {
            notes.add(checkpoint
                    + " is of an earlier build and has no fingerprint of lists and labels: that they are the same"
                    + " as when it was started is not checked");
            return;
        }
        Optional<String> difference = started.difference(origin);
        if (difference.isPresent()) {
            throw new WeightsException(checkpoint + ": " + difference.get());
        }
        if (!started.device().equals(origin.device())) {
            notes.add("warning: the run was on " + started.device() + " and goes on with " + origin.device()
                    + ": its weights are not equal bit for bit to those of a run without interruption, which requires the"
                    + " same device and number of threads");
        }
    }

    /**
     * Sets the held-out images.
     *
     * @param checkpoint the file of the validations so far
     * @param validation these validations; null without
     * @throws WeightsException when they are of other images
     */
    void heldOut(Optional<ImageCache> images, Path checkpoint, ValidationState validation) throws WeightsException {
        if (validation != null && (images.isEmpty() || validation.images() != EpochReview.images(images.get()))) {
            throw new WeightsException(checkpoint
                    + ": its validations are of other held-out images; resume with those it was started with");
        }
        if (images.isPresent()) {
            origin = origin.withHeldOut(images.get().data());
        }
        if (validation != null && started != null && !started.heldOut().equals(origin.heldOut())) {
            throw new WeightsException(checkpoint + ": its validations are of other held-out images, or their labels"
                    + " changed; resume with those it was started with");
        }
    }
}
