package tandem.engine;

/** Work with every address and number fixed, ready to be replayed: a kernel launch, a convolution, a copy. */
public interface Command {

    /** Its name in profiles and errors. */
    String name();

    /** Runs it on the CPU, or puts it on the GPU's stream. Allocates nothing. */
    void run();
}
