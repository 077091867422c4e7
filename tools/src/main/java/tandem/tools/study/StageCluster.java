package tandem.tools.study;

import java.io.IOException;
import java.util.List;

/**
 * Several machines, or several processes of one. A build that has one offers it as a service
 * ({@link java.util.ServiceLoader}).
 */
public interface StageCluster {

    /**
     * Runs {@link StageWorker#run} once for each stage, some at the same time, and returns when all are finished.
     *
     * @param master where the cluster is
     * @param arguments the command line of the study after {@code study}
     * @param stages folders of stages that do not need each other
     * @throws IOException when a stage failed; its message says why
     */
    void run(String master, List<String> arguments, List<String> stages) throws IOException;
}
