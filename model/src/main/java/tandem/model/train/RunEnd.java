package tandem.model.train;

import java.util.Locale;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.ValidationState;
import tandem.model.settings.TrainingSettings;

/**
 * When a run ends: after its last step, when its time is over, or when too many validations in succession were not
 * better.
 *
 * @param steps steps of the whole run
 * @param time its time limit
 * @param settings its settings
 * @param store where its weights are
 */
record RunEnd(long steps, TimeLimit time, TrainingSettings settings, CheckpointStore store) {

    /**
     * Whether a run is finished.
     *
     * @param done steps done
     * @param validation the validations so far; null for none
     */
    boolean isReached(long done, ValidationState validation) {
        return done == steps || time.over() || isPatienceUsedUp(validation);
    }

    private boolean isPatienceUsedUp(ValidationState validation) {
        return validation != null && validation.hasUsedUp(settings.validation().patience());
    }

    /**
     * Why a run ended, and where its weights are.
     *
     * @param finished whether it is finished; else it was stopped
     */
    String message(long done, ValidationState validation, boolean finished) {
        if (done == steps) {
            return "finished; weights are in " + store.current();
        }
        String after = "after step " + done + " of ";
        if (isPatienceUsedUp(validation)) {
            return "ended " + after + steps + ": no better validation for " + validation.sinceBest()
                    + " in succession (--patience); the best was after step " + validation.bestStep()
                    + ", its weights are in " + store.best();
        }
        if (finished) {
            String minutes =
                    String.format(Locale.ROOT, "%.1f", settings.schedule().minutes());
            return "finished " + after + "at most " + steps + ", because the time of " + minutes
                    + " minutes was over; weights are in " + store.current();
        }
        return "stopped " + after + steps + "; everything is in " + store.current() + ", resume with --resume";
    }
}
