package tandem.model.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.image.PixelSize;
import tandem.model.validation.LearningFinding;
import tandem.model.weak.LabelEvent;

/** An event of a training run. {@link JsonLinesLog} writes the components of its record. */
public sealed interface TrainingEvent {

    /**
     * Before {@link Start}, when a new run starts from the weights of a file.
     *
     * @param from the file
     * @param loaded names of the tensors that were taken
     * @param missing names of the tensors that the file does not have
     * @param unused names of the tensors of the file that were not taken
     * @param notes what was adapted
     */
    record Initialized(String from, List<String> loaded, List<String> missing, List<String> unused, List<String> notes)
            implements TrainingEvent {}

    /**
     * Before the first step.
     *
     * @param device description of the device, one line
     * @param images images of the training set
     * @param boxed images of the training set with boxes
     * @param masked images of the training set with a mask
     * @param parameters number of trained parameters
     * @param plannedBytes memory of weights, gradients, optimizer state and activations together
     * @param firstStep the first step of this run: 0, or the step after the checkpoint
     * @param steps steps of the whole run
     */
    record Start(
            String device,
            int images,
            int boxed,
            int masked,
            long parameters,
            long plannedBytes,
            long firstStep,
            long steps)
            implements TrainingEvent {}

    /**
     * After each step.
     *
     * @param step its number, from 0, of {@code steps}
     * @param epoch its epoch, from 0, of {@code epochs}
     * @param inputSize of its images; as JSON a number where it is square
     * @param losses its losses
     * @param gradientNorm Euclidean norm of the whole gradient before clipping
     * @param learningRate of this step
     * @param imagesPerSecond smoothed over the last steps
     * @param secondsLeft until the end of the run at that speed
     */
    record Step(
            long step,
            long steps,
            int epoch,
            int epochs,
            @JsonProperty("side") PixelSize inputSize,
            StepLosses losses,
            float gradientNorm,
            double learningRate,
            double imagesPerSecond,
            double secondsLeft)
            implements TrainingEvent {}

    /**
     * After a float16 step that was skipped because its gradient was not finite. A {@link Step} with gradient norm 0
     * comes before it.
     *
     * @param step its number, from 0
     * @param lossScale loss scale of the next step, half of this step's
     * @param skipped steps skipped so far, earlier runs included
     */
    record Skipped(long step, double lossScale, long skipped) implements TrainingEvent {}

    /**
     * After a step whose gradients were measured for each task: the gradients of the encoder, or of the neck where the
     * whole encoder is frozen, with the loss weights applied.
     *
     * @param step its number, from 0
     * @param detectionNorm Euclidean norm of the gradient of detection; 0 when no image of the step has boxes
     * @param segmentationNorm Euclidean norm of the gradient of segmentation; 0 when no image of the step has a mask
     * @param cosine of the angle between the two gradients: negative when the tasks conflict; 0 when one norm is 0
     * @param locationWeight weight of the location loss
     * @param confidenceWeight weight of the confidence loss
     * @param segmentationWeight weight of the segmentation loss
     */
    record Tasks(
            long step,
            double detectionNorm,
            double segmentationNorm,
            double cosine,
            double locationWeight,
            double confidenceWeight,
            double segmentationWeight)
            implements TrainingEvent {}

    /**
     * After a step in which the feature maps of student and teachers were compared, once for each teacher.
     *
     * @param similarity what was measured
     */
    record Similarity(@JsonUnwrapped LevelSimilarity similarity) implements TrainingEvent {}

    /**
     * While pseudo-labels and weak labels are generated, before the first step or between epochs, and when they are
     * ready.
     *
     * @param event progress or result
     */
    record Labels(@JsonUnwrapped LabelEvent event) implements TrainingEvent {}

    /**
     * After each epoch.
     *
     * @param epoch its number, from 0, of {@code epochs}
     * @param mean losses averaged over its steps
     * @param seconds its duration
     */
    record Epoch(int epoch, int epochs, StepLosses mean, double seconds) implements TrainingEvent {}

    /**
     * After the held-out images were evaluated with the averaged weights, after an {@link Epoch}.
     *
     * @param step number of the last step before it, from 0
     * @param epoch its epoch, from 0, of {@code epochs}
     * @param images number of held-out images
     * @param ap50 average precision of boxes at IoU 0.5, in [0, 1]; NaN when no held-out image has boxes
     * @param miou mean intersection over union of masks, in [0, 1]; NaN when no held-out image has a mask
     * @param score mean of those of both that are present: the score of the best checkpoint
     * @param best whether the score is higher than all before; {@code best.safetensors} then has these weights
     * @param sinceBest number of validations since the best one; 0 when this is the best one
     * @param seconds duration
     */
    record Validation(
            long step,
            int epoch,
            int epochs,
            int images,
            double ap50,
            double miou,
            double score,
            boolean best,
            int sinceBest,
            double seconds)
            implements TrainingEvent {}

    /**
     * When the run has learned nothing: after the third epoch, or later when the warm-up is longer, and after the last
     * step. There is no such event when nothing was found.
     *
     * @param step number of the last step before it, from 0
     * @param epoch its epoch, from 0, of {@code epochs}
     * @param findings what was found, and what to try
     */
    record Findings(long step, int epoch, int epochs, List<LearningFinding> findings) implements TrainingEvent {
        /** Copies the findings. */
        public Findings {
            findings = List.copyOf(findings);
        }
    }

    /**
     * After the last step, or when the run was stopped.
     *
     * @param steps steps done in all, earlier runs included
     * @param finished false when it was stopped before its last step
     * @param seconds duration of this run
     * @param message for the user: how to resume when it was stopped
     */
    record End(long steps, boolean finished, double seconds, String message) implements TrainingEvent {}
}
