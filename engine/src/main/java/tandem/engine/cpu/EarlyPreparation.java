package tandem.engine.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work of the start of a process that runs beside the caller. */
final class EarlyPreparation {

    private static final Logger LOG = LoggerFactory.getLogger(EarlyPreparation.class);

    private EarlyPreparation() {}

    /** Runs {@code work} in a thread of that name. What it throws is thrown again by the first use in the foreground. */
    static void start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | LinkageError problem) {
                        LOG.debug("{} failed", name, problem);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
