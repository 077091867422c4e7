package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tandem.model.checkpoint.ValidationState;
import tandem.model.data.DataSet;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Evaluation;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingStep;
import tandem.model.validation.Measurement;
import tandem.tools.console.LiveLine;

/**
 * The evaluation after a training: of the weights with the best validation, or of the last weights when these are as
 * good.
 *
 * @param evaluation all figures
 * @param heldOut figures of some images
 * @param file the evaluated weights
 * @param text which weights were evaluated and why, one sentence without a period
 */
record FinalEvaluation(Evaluation evaluation, HeldOut heldOut, Path file, String text) {

    /**
     * Evaluates.
     *
     * @param images the held-out images; may be empty
     * @param folder the output folder
     * @param panels number of figures
     * @param threads threads that decode images
     */
    static FinalEvaluation of(Trainer trainer, DataSet images, Path folder, int panels, int threads, PrintWriter err)
            throws IOException {
        Path last = trainer.store().current();
        Path best = trainer.store().best();
        Optional<ValidationState> state =
                trainer.validation().filter(validation -> validation.best() != null && Files.exists(best));
        boolean bestIsLast = state.isEmpty() || state.get().bestStep() == trainer.stepsDone();
        if (bestIsLast || !trainer.hasValidatedLast()) {
            TrainingStep step = trainer.step();
            FinalEvaluation ofLast;
            try (FoldedModel model = new FoldedModel(step.device(), step.network(), step.variables(), step.average())) {
                String why = images.size() == 0
                        ? "nothing was evaluated; the last weights are in " + last
                        : "evaluated: " + last + ", the last weights"
                                + (state.isEmpty() ? "" : "; no validation before was better");
                ofLast = of(model, images, folder, panels, trainer, threads, err, last, why);
            }
            if (bestIsLast
                    || !(Measurement.score(ofLast.evaluation) < state.get().best())) {
                return ofLast;
            }
        }
        try (FoldedModel model = FoldedModel.load(best, trainer.step().device())) {
            String why = String.format(
                    Locale.ROOT,
                    "evaluated: %s, the weights after step %d of %d, the best of %d validations (score %.3f, of the same "
                            + "images)",
                    best,
                    state.get().bestStep(),
                    trainer.steps(),
                    state.get().validations(),
                    state.get().best());
            return of(model, images, folder, panels, trainer, threads, err, best, why);
        }
    }

    private static FinalEvaluation of(
            FoldedModel model,
            DataSet images,
            Path folder,
            int panels,
            Trainer trainer,
            int threads,
            PrintWriter err,
            Path file,
            String text)
            throws IOException {
        HeldOut heldOut =
                new HeldOut(trainer.step().network().settings(), images, folder, images.size() == 0 ? 0 : panels);
        try (LiveLine line = LiveLine.on(err)) {
            int batch = trainer.step().settings().batches().size();
            return new FinalEvaluation(heldOut.run(model, batch, threads, line), heldOut, file, text);
        }
    }
}
