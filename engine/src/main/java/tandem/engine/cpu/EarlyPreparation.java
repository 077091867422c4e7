package tandem.engine.cpu;

import org.slf4j.LoggerFactory;

/** Work of the start of a process that runs beside the caller. */
final class EarlyPreparation {

    private EarlyPreparation() {}

    /**
     * Runs these one after the other in a new thread: libraries of Java classes and native code are not initialized by
     * two threads at once. What they throw is thrown again by the first use in the foreground.
     */
    static void start(Runnable... work) {
        Thread thread = new Thread(
                () -> {
                    for (Runnable one : work) {
                        try {
                            one.run();
                        } catch (RuntimeException | LinkageError problem) {
                            LoggerFactory.getLogger(EarlyPreparation.class).debug("early preparation failed", problem);
                        }
                    }
                },
                "tandem-prepare");
        thread.setDaemon(true);
        thread.start();
    }
}
