package tandem.tools.console;

import java.util.Locale;
import tandem.model.train.StepLosses;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingEvent.End;
import tandem.model.train.TrainingEvent.Epoch;
import tandem.model.train.TrainingEvent.Findings;
import tandem.model.train.TrainingEvent.Labels;
import tandem.model.train.TrainingEvent.Step;
import tandem.model.train.TrainingEvent.Validation;
import tandem.model.train.TrainingObserver;
import tandem.model.validation.LearningFinding;
import tandem.model.weak.LabelCount;
import tandem.model.weak.LabelEvent;
import tandem.model.weak.LabelProgress;

/** Shows a training run as a {@link LiveLine}, with a permanent line for each epoch. */
public final class TrainingLine implements TrainingObserver {

    private final LiveLine line;
    private final boolean resumable;
    private String validated = "";
    private long steps;

    /**
     * Writes to {@code line}, which the caller closes.
     *
     * @param resumable whether to print how to resume when the run stops early
     */
    public TrainingLine(LiveLine line, boolean resumable) {
        this.line = line;
        this.resumable = resumable;
    }

    @Override
    public void on(TrainingEvent event) {
        if (event instanceof Step step) {
            steps = step.steps();
            line.update(step.step() + 1, step.steps(), text(step) + validated);
        } else if (event instanceof Epoch epoch) {
            epoch(epoch);
        } else if (event instanceof Validation validation) {
            validation(validation);
        } else if (event instanceof Findings found) {
            findings(found);
        } else if (event instanceof Labels labels) {
            labels(labels.event());
        } else if (event instanceof End end && (end.finished() ? end.steps() < steps : resumable)) {
            line.message(end.message());
        }
    }

    private void labels(LabelEvent event) {
        if (event instanceof LabelProgress progress) {
            line.update(
                    progress.done(),
                    progress.images(),
                    progress.what() + "  image " + progress.done() + "/" + progress.images());
        } else if (event instanceof LabelCount count) {
            line.message(count.line());
        }
    }

    private void epoch(Epoch epoch) {
        line.message(String.format(
                Locale.ROOT,
                "epoch %d/%d  mean loss %s  %s",
                epoch.epoch() + 1,
                epoch.epochs(),
                losses(epoch.mean()),
                duration(epoch.seconds())));
    }

    private void validation(Validation one) {
        validated = metric("  AP50", one.ap50()) + metric("  mIoU", one.miou());
        line.message(String.format(
                Locale.ROOT,
                "validation after epoch %d/%d %s%s  %s  %s",
                one.epoch() + 1,
                one.epochs(),
                metric(" AP50", one.ap50()),
                metric(" mIoU", one.miou()),
                one.best()
                        ? "the best so far"
                        : "not better for " + one.sinceBest() + (one.sinceBest() == 1 ? " validation" : " validations"),
                duration(one.seconds())));
    }

    private static String metric(String name, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%s %.3f", name, value);
    }

    private void findings(Findings found) {
        line.message("after epoch " + (found.epoch() + 1) + "/" + found.epochs() + ", signs that nothing was learned:");
        LearningFinding.lines(found.findings()).forEach(text -> line.message("  " + text));
    }

    /** Epoch, step, losses, gradient norm, learning rate, images a second, time left. */
    static String text(Step step) {
        return String.format(
                Locale.ROOT,
                "epoch %d/%d  step %d/%d  loss %s  norm %.2f  lr %.2g  %.1f images/s  %s left",
                step.epoch() + 1,
                step.epochs(),
                step.step() + 1,
                step.steps(),
                losses(step.losses()),
                step.gradientNorm(),
                step.learningRate(),
                step.imagesPerSecond(),
                duration(step.secondsLeft()));
    }

    private static String losses(StepLosses losses) {
        String teachers =
                losses.distillation() == 0 ? "" : String.format(Locale.ROOT, ", teachers %.3f", losses.distillation());
        return String.format(
                Locale.ROOT,
                "%.3f (box %.3f, class %.3f, mask %.3f%s)",
                losses.total(),
                losses.location(),
                losses.confidence(),
                losses.segmentation(),
                teachers);
    }

    /** Such as {@code 42s}, {@code 3m 07s} or {@code 2h 05m}. */
    public static String duration(double seconds) {
        if (!(seconds >= 0) || seconds > 1e9) {
            return "?";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + "s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%dm %02ds", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%dh %02dm", whole / 3600, whole / 60 % 60);
    }
}
