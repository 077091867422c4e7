package tandem.model.checkpoint;

import java.util.List;
import tandem.model.declaration.StrictJson;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * The validations of a run so far.
 *
 * @param images identifies the held-out images, see {@link #images(List)}
 * @param validations number of validations
 * @param best the highest score; null when no validation had one
 * @param bestStep steps done at that validation
 * @param sinceBest validations since then
 */
public record ValidationState(int images, int validations, Double best, long bestStep, int sinceBest) {

    private static final String KEY = "validation";

    /** Before the first validation. */
    public static ValidationState start(List<String> ids) {
        return new ValidationState(images(ids), 0, null, 0, 0);
    }

    /** A number that is another one for other images, or for the same images in another order. */
    public static int images(List<String> ids) {
        return ids.hashCode();
    }

    /** The state after a validation with this score, NaN for none, after {@code steps} steps. */
    public ValidationState after(double score, long steps) {
        return !Double.isNaN(score) && (best == null || score > best)
                ? new ValidationState(images, validations + 1, score, steps, 0)
                : new ValidationState(images, validations + 1, best, bestStep, best == null ? 0 : sinceBest + 1);
    }

    /** Whether so many validations in succession, at least one, were not better. */
    public boolean hasUsedUp(int patience) {
        return patience > 0 && sinceBest >= patience;
    }

    /** Reads the state of a checkpoint; null when it has none. */
    public static ValidationState read(SafetensorsReader checkpoint) throws WeightsException {
        String text = checkpoint.metadata().get(KEY);
        if (text == null) {
            return null;
        }
        try {
            return StrictJson.read(checkpoint.file().toString(), text, ValidationState.class);
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /** Adds the state to a checkpoint. */
    public void write(SafetensorsWriter checkpoint) {
        checkpoint.put(KEY, StrictJson.write(this));
    }
}
