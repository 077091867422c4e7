package tandem.model.train;

import tandem.model.image.PixelSize;
import tandem.model.settings.TrainingSettings;

/** Computes the epoch and the speed of each step for the observers. */
final class Progress {

    private static final double SMOOTHING = 0.9;

    private final TrainingSettings settings;
    private final int visits;
    private final long steps;
    private long next;
    private long stepBegan = System.nanoTime();
    private long epochBegan = stepBegan;
    private double stepSeconds;
    private final double[] sums = new double[5];
    private int summed;

    Progress(TrainingSettings settings, int visits, long steps, long first) {
        this.settings = settings;
        this.visits = visits;
        this.steps = steps;
        this.next = first;
    }

    /** @param timeLeft seconds until the time limit; infinite for none */
    void step(
            TrainingObserver observer,
            long step,
            PixelSize size,
            StepLosses losses,
            float norm,
            double learningRate,
            double timeLeft) {
        long now = System.nanoTime();
        double seconds = (now - stepBegan) / 1e9;
        stepBegan = now;
        stepSeconds = stepSeconds == 0 ? seconds : SMOOTHING * stepSeconds + (1 - SMOOTHING) * seconds;
        sums[0] += losses.total();
        sums[1] += losses.location();
        sums[2] += losses.confidence();
        sums[3] += losses.segmentation();
        sums[4] += losses.distillation();
        summed++;
        next = step + 1;
        observer.on(new TrainingEvent.Step(
                step,
                steps,
                epochOf(step),
                settings.schedule().epochs(),
                size,
                losses,
                norm,
                learningRate,
                settings.batches().size() / stepSeconds,
                Math.min((steps - next) * stepSeconds, timeLeft)));
    }

    /** The epoch of the last step, from 0. */
    int epoch() {
        return epochOf(next - 1);
    }

    /** Leaves the time since the last step out of the time of the next one. */
    void restartClock() {
        stepBegan = System.nanoTime();
    }

    /**
     * Reports the end of an epoch to the observer; returns whether the last step ended one.
     *
     * @param last whether the last step was that of the run, which ends the epoch too
     */
    boolean epoch(TrainingObserver observer, boolean last) {
        int epoch = epochOf(next - 1);
        if (!last && epochOf(next) == epoch) {
            return false;
        }
        long now = System.nanoTime();
        observer.on(new TrainingEvent.Epoch(
                epoch,
                settings.schedule().epochs(),
                new StepLosses(
                        (float) (sums[0] / summed),
                        (float) (sums[1] / summed),
                        (float) (sums[2] / summed),
                        (float) (sums[3] / summed),
                        (float) (sums[4] / summed)),
                (now - epochBegan) / 1e9));
        java.util.Arrays.fill(sums, 0);
        summed = 0;
        epochBegan = now;
        return true;
    }

    /** The epoch that a step begins in. */
    private int epochOf(long step) {
        return (int) Math.min(
                settings.schedule().epochs() - 1, step * settings.batches().size() / visits);
    }
}
