package tandem.tools.study;

import java.io.IOException;
import java.util.List;

/**
 * Runs stages on several machines, or in several processes. Implementations are found by
 * {@link java.util.ServiceLoader}.
 */
public interface StageCluster {

    /**
     * Runs {@link StageWorker#run} once for each stage, in parallel, and returns when all are finished.
     *
     * @param master URL of the cluster
     * @param arguments the command line of the study after {@code study}
     * @param stages folder names of stages that do not depend on each other
     * @throws IOException when a stage failed, with the reason
     */
    void run(String master, List<String> arguments, List<String> stages) throws IOException;
}
