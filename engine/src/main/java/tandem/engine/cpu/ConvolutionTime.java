package tandem.engine.cpu;

/**
 * The algorithm that was chosen for a convolution.
 *
 * @param convolution its kind, sizes and what is fused to it
 * @param algorithm the choice
 * @param milliseconds its time when it was measured; NaN where that is not known
 * @param directMilliseconds that of oneDNN's direct convolution
 * @param threads how many threads were measured; 0 where nothing was
 * @param operations how many operations of the device's programs compute it
 */
public record ConvolutionTime(
        String convolution,
        ConvolutionAlgorithm algorithm,
        double milliseconds,
        double directMilliseconds,
        int threads,
        int operations) {}
