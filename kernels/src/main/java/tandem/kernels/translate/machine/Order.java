package tandem.kernels.translate.machine;

/** In which order blocks or threads run. */
public interface Order {

    /** The numbers from {@code from} to {@code to} (exclusive) in the order in which they run now. */
    int[] of(int from, int to);
}
