package tandem.model.train;

import java.util.List;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.weak.LabelCount;

/** Is told what a training run does, on the thread that trains. What it does adds to the time of a step. */
public interface TrainingObserver {

    /**
     * What was found before the first step.
     *
     * @param device the machine, in one line
     * @param images images of the training set
     * @param boxed images of it that carry boxes
     * @param masked images of it that carry a mask
     * @param parameters trained numbers of the network
     * @param plannedBytes memory of weights, gradients, optimiser and activations together
     * @param firstStep the step it begins with: 0, or where a resumed run goes on
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
            long steps) {}

    /**
     * One step.
     *
     * @param step its number, from 0, of {@code steps}
     * @param epoch its epoch, from 0, of {@code epochs}
     * @param side rows and columns of its images
     * @param losses what was minimised
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
            int side,
            Losses losses,
            float gradientNorm,
            double learningRate,
            double imagesPerSecond,
            double secondsLeft) {}

    /**
     * Losses of a batch, before task weights; a part the network or the batch does not have is 0.
     *
     * @param total the weighted sum that is differentiated
     * @param location of boxes
     * @param confidence of class scores
     * @param segmentation of masks
     * @param distillation of imitating the teachers, with its factors
     */
    record Losses(float total, float location, float confidence, float segmentation, float distillation) {

        /** Without teachers. */
        public Losses(float total, float location, float confidence, float segmentation) {
            this(total, location, confidence, segmentation, 0);
        }
    }

    /**
     * A float16 step that was skipped since its gradient was not finite; it is told of as a step too, with gradient
     * norm 0.
     *
     * @param step its number, from 0
     * @param lossScale factor of the next step's gradients, half of what it was
     * @param skipped steps skipped so far, earlier runs included
     */
    record Skipped(long step, double lossScale, long skipped) {}

    /**
     * One pass over the data.
     *
     * @param epoch its number, from 0, of {@code epochs}
     * @param mean losses averaged over its steps
     * @param seconds time it took
     */
    record Epoch(int epoch, int epochs, Losses mean, double seconds) {}

    /**
     * The end of a run.
     *
     * @param steps steps done in all, earlier runs included
     * @param finished false when it was stopped before its last step
     * @param seconds time of this run
     * @param message for people: how to go on when it was stopped
     */
    record End(long steps, boolean finished, double seconds, String message) {}

    /**
     * How far the making of labels that nobody drew is.
     *
     * @param what is being done, for people
     * @param done images done, of {@code images}
     */
    record Preparing(String what, int done, int images) {}

    /** While labels that nobody drew are made, before the first step or between epochs. */
    default void onPreparing(Preparing preparing) {}

    /** When labels that nobody drew are ready. */
    default void onLabels(LabelCount labels) {}

    /**
     * Both tasks' gradients in one step by the encoder (by the neck where all of that is frozen), weights of the losses
     * included.
     *
     * @param step its number, from 0
     * @param detectionNorm Euclidean norm of the gradient of detection; 0 when no image of the step carries boxes
     * @param segmentationNorm of segmentation, likewise
     * @param cosine of the angle between them: below 0 the tasks pull in opposite directions; 0 when one of them is 0
     * @param locationWeight what the loss of boxes was multiplied by, likewise the others
     */
    record Tasks(
            long step,
            double detectionNorm,
            double segmentationNorm,
            double cosine,
            double locationWeight,
            double confidenceWeight,
            double segmentationWeight) {}

    /** After a step whose gradients were measured for each task. */
    default void onTasks(Tasks tasks) {}

    /** After a step in which the maps of student and teachers were compared, for each teacher. */
    default void onSimilarity(LevelSimilarity similarity) {}

    /** Before the first step. */
    default void onStart(Start start) {}

    /** After each step. */
    default void onStep(Step step) {}

    /** After a step that was skipped. */
    default void onSkipped(Skipped skipped) {}

    /** After each pass over the data. */
    default void onEpoch(Epoch epoch) {}

    /** After the last step, or when the run was stopped. */
    default void onEnd(End end) {}

    /** One observer that passes everything on to several. */
    static TrainingObserver all(List<TrainingObserver> observers) {
        List<TrainingObserver> listeners = List.copyOf(observers);
        return new TrainingObserver() {
            @Override
            public void onPreparing(Preparing preparing) {
                listeners.forEach(observer -> observer.onPreparing(preparing));
            }

            @Override
            public void onLabels(LabelCount labels) {
                listeners.forEach(observer -> observer.onLabels(labels));
            }

            @Override
            public void onStart(Start start) {
                for (TrainingObserver observer : listeners) {
                    observer.onStart(start);
                }
            }

            @Override
            public void onStep(Step step) {
                for (int i = 0; i < listeners.size(); i++) {
                    listeners.get(i).onStep(step);
                }
            }

            @Override
            public void onSkipped(Skipped skipped) {
                listeners.forEach(observer -> observer.onSkipped(skipped));
            }

            @Override
            public void onTasks(Tasks tasks) {
                listeners.forEach(observer -> observer.onTasks(tasks));
            }

            @Override
            public void onSimilarity(LevelSimilarity similarity) {
                listeners.forEach(observer -> observer.onSimilarity(similarity));
            }

            @Override
            public void onEpoch(Epoch epoch) {
                for (TrainingObserver observer : listeners) {
                    observer.onEpoch(epoch);
                }
            }

            @Override
            public void onEnd(End end) {
                for (TrainingObserver observer : listeners) {
                    observer.onEnd(end);
                }
            }
        };
    }
}
