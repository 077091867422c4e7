package tandem.model.validation;

/**
 * A sign that a run has learned nothing, in words.
 *
 * @param kind what it is about
 * @param problem what was measured, one sentence without a period
 * @param remedy what to try, one sentence without a period
 */
public record LearningFinding(Kind kind, String problem, String remedy) {

    /** The signs. */
    public enum Kind {
        /** No pixel, or almost none, is predicted as a class. */
        BACKGROUND_ONLY,
        /** The segmentation loss is that of a constant prediction of the class frequencies. */
        CLASS_FREQUENCIES,
        /** No box has a score above the minimum score. */
        NO_CONFIDENT_BOX
    }

    /** Both as one line. */
    public String line() {
        return problem + "; " + remedy;
    }
}
