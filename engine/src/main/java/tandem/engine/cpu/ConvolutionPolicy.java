package tandem.engine.cpu;

import java.util.Map;

/** How a {@link CpuDevice} chooses the algorithms of convolutions. */
public sealed interface ConvolutionPolicy {

    /** oneDNN's direct convolution, whatever is faster: the choice does not depend on the machine. */
    ConvolutionPolicy DIRECT = new Forced(ConvolutionAlgorithm.DIRECT);

    /** The fastest, measured once for each processor, library version, number of threads and shape. */
    ConvolutionPolicy MEASURED = new Measured(Map.of());

    /** The choice that an earlier device stored, direct where there is none; nothing is measured or allocated. */
    ConvolutionPolicy STORED = new Stored();

    /**
     * The fastest, measured once.
     *
     * @param earlier choices that come before those on disk, such as {@link CpuDevice#convolutionChoices} of the run
     *     that is resumed; those of another machine are without effect
     */
    record Measured(Map<String, String> earlier) implements ConvolutionPolicy {
        /** Copies the map. */
        public Measured {
            earlier = Map.copyOf(earlier);
        }
    }

    /** See {@link #STORED}. */
    record Stored() implements ConvolutionPolicy {}

    /** This one wherever it can compute the convolution, the direct one elsewhere. */
    record Forced(ConvolutionAlgorithm algorithm) implements ConvolutionPolicy {}
}
