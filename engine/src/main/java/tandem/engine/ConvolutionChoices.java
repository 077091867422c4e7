package tandem.engine;

import java.util.Map;

/**
 * How a device chooses the algorithms of convolutions, with what it chose, so that another device can do the same.
 *
 * @param measured whether the fastest are chosen by measurement; otherwise the algorithm does not depend on the machine
 * @param algorithms the measured choices: what names machine and convolution, and the algorithm
 */
public record ConvolutionChoices(boolean measured, Map<String, String> algorithms) {

    /** No measurement. */
    public static final ConvolutionChoices FIXED = new ConvolutionChoices(false, Map.of());

    /** Copies the map. */
    public ConvolutionChoices {
        algorithms = Map.copyOf(algorithms);
    }
}
