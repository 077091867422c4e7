package tandem.tools.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import tandem.tools.study.StageCluster;

/**
 * Runs stages on a Spark master. Executors use the class path and flags of this process, so Tandem must have the same
 * path on every machine. An executor runs as many stages in parallel as it has cores; change this with
 * {@code -Dspark.task.cpus}. Every {@code -Dspark.*} flag of this process applies.
 */
public final class SparkCluster implements StageCluster {

    /** JVM flags that Spark needs on Java 17 and later. */
    private static final String FLAGS =
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED "
                    + "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED "
                    + "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED --add-opens=java.base/java.util.concurrent=ALL-UNNAMED "
                    + "--add-opens=java.base/sun.security.action=ALL-UNNAMED";

    /** Called by the service loader. */
    public SparkCluster() {}

    @Override
    public void run(String master, List<String> arguments, List<String> stages) throws IOException {
        SparkConf settings = new SparkConf()
                .setMaster(master)
                .setAppName("tandem study")
                .setIfMissing("spark.ui.enabled", "false")
                .setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .setIfMissing("spark.executor.extraJavaOptions", FLAGS);
        try (JavaSparkContext context = new JavaSparkContext(settings)) {
            context.setLogLevel("ERROR");
            context.parallelize(stages, stages.size()).foreach(new StageTask(arguments));
        } catch (Exception problem) {
            throw new IOException(message(master, problem), problem);
        }
    }

    /** The message of the failed stage, extracted from Spark's message. */
    private static String message(String master, Exception problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof SparkException && text.contains("Driver stacktrace:")) {
            text = text.substring(0, text.indexOf("Driver stacktrace:")).strip();
        }
        return "--master " + master + ": " + text.lines().findFirst().orElse(text);
    }
}
