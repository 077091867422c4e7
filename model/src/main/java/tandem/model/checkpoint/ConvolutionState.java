package tandem.model.checkpoint;

import java.util.Map;
import tandem.engine.ConvolutionChoices;
import tandem.model.declaration.StrictJson;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * How the device of a run chooses the algorithms of convolutions, which decide the last bits of every result.
 *
 * @param measured whether the fastest are chosen by measurement
 * @param algorithms the choices so far, by machine and convolution
 */
public record ConvolutionState(boolean measured, Map<String, String> algorithms) {

    private static final String KEY = "convolutions";

    /** Rejects a state without choices. */
    public ConvolutionState {
        if (algorithms == null) {
            throw new IllegalArgumentException("the algorithms of convolutions are missing");
        }
    }

    /** The choices of a checkpoint; those of earlier builds, which have none, do not depend on the machine. */
    public static ConvolutionChoices read(SafetensorsReader checkpoint) throws WeightsException {
        String text = checkpoint.metadata().get(KEY);
        if (text == null) {
            return ConvolutionChoices.FIXED;
        }
        try {
            ConvolutionState state = StrictJson.read(checkpoint.file().toString(), text, ConvolutionState.class);
            return new ConvolutionChoices(state.measured(), state.algorithms());
        } catch (IllegalArgumentException | NullPointerException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /** Adds the choices to a checkpoint. */
    public static void write(ConvolutionChoices choices, SafetensorsWriter checkpoint) {
        checkpoint.put(KEY, StrictJson.write(new ConvolutionState(choices.measured(), choices.algorithms())));
    }
}
