package tandem.model.checkpoint;

import tandem.model.declaration.StrictJson;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * The time that a run with a time limit has taken, which decides its position in the schedule of the learning rate.
 *
 * @param seconds of training, those of earlier parts of the run included
 */
public record ElapsedTime(double seconds) {

    private static final String KEY = "elapsedTime";

    /** Reads the time of a checkpoint; null when it has none. */
    public static ElapsedTime read(SafetensorsReader checkpoint) throws WeightsException {
        String text = checkpoint.metadata().get(KEY);
        if (text == null) {
            return null;
        }
        try {
            return StrictJson.read(checkpoint.file().toString(), text, ElapsedTime.class);
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /** Adds the time to a checkpoint. */
    public void write(SafetensorsWriter checkpoint) {
        checkpoint.put(KEY, StrictJson.write(this));
    }
}
