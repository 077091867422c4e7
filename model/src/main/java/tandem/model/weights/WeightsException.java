package tandem.model.weights;

import java.io.IOException;
import tandem.kernels.text.Excerpt;

/** A weights file that cannot be used: truncated, malformed, or of another network. The message is for the user. */
public final class WeightsException extends IOException {

    private static final long serialVersionUID = 1;

    /** With a message that names file, tensor, what was expected and what to do. */
    public WeightsException(String message) {
        super(Excerpt.of(message));
    }

    /** The same with its cause. */
    public WeightsException(String message, Throwable cause) {
        super(Excerpt.of(message), cause);
    }
}
