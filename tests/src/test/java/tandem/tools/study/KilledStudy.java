package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;
import tandem.tools.cli.Tandem;

/**
 * Kills a study's process again and again at random moments, lets it come to its end, and compares its results with
 * those of a study that was never disturbed: {@code KilledStudy FOLDER KILLS SEED}.
 */
public final class KilledStudy {

    private static final int LONGEST_MILLISECONDS = 2000;

    private KilledStudy() {}

    /** Runs the kills, or, with the one argument FOLDER, is the process that is killed. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        if (arguments.length == 1) {
            System.exit(Tandem.run(
                    new PrintWriter(System.out, true), new PrintWriter(System.err, true), command(folder, "killed")));
        }
        int kills = Integer.parseInt(arguments[1]);
        int hits = compare(folder, kills, Long.parseLong(arguments[2]));
        System.out.println(hits + " kills before its end: the study gives the same table");
    }

    /**
     * Returns how many of the kills came before the end of the study; another table than the undisturbed one is an
     * exception.
     */
    static int compare(Path folder, int kills, long seed) throws IOException, InterruptedException {
        SyntheticInspection.of(64, 8, 4, 5).write(folder.resolve("data"));
        int hits = kill(folder, kills, seed);
        require(CommandRun.of(command(folder, "killed")));
        require(CommandRun.of(command(folder, "undisturbed")));
        List<String> killed = StudyTable.of(folder.resolve("killed"));
        List<String> undisturbed = StudyTable.of(folder.resolve("undisturbed"));
        if (!killed.equals(undisturbed)) {
            throw new IllegalStateException("the tables differ:\n" + String.join("\n", killed) + "\nundisturbed:\n"
                    + String.join("\n", undisturbed));
        }
        return hits;
    }

    private static void require(CommandRun run) {
        if (run.code() != 0) {
            throw new IllegalStateException("the study failed: " + run.err());
        }
    }

    private static int kill(Path folder, int kills, long seed) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < kills; i++) {
            long before = bytes(folder.resolve("killed"));
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledStudy.class.getName(),
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output.txt").toFile())
                    .start();
            try {
                while (process.isAlive() && bytes(folder.resolve("killed")) == before) {
                    Thread.sleep(5);
                }
                if (process.waitFor(random.nextInt(LONGEST_MILLISECONDS), TimeUnit.MILLISECONDS)) {
                    if (process.exitValue() != 0) {
                        throw new IllegalStateException(
                                "the study ended by itself: " + Files.readString(folder.resolve("output.txt")));
                    }
                    return i;
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        return kills;
    }

    /** Bytes of the stages' logs: they grow with every step. */
    private static long bytes(Path study) throws IOException {
        if (!Files.isDirectory(study.resolve("stages"))) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> stages = Files.list(study.resolve("stages"))) {
            for (Path stage : stages.toList()) {
                Path log = stage.resolve("log.jsonl");
                bytes += Files.exists(log) ? Files.size(log) : 0;
            }
        }
        return bytes;
    }

    static String[] command(Path folder, String output) {
        return new String[] {
            "study",
            folder.resolve("data").toString(),
            "--boxes",
            "Partial/train-boxes",
            "--masks",
            "Partial/train-masks",
            "--val",
            "Main/val",
            "--strategies",
            "transfer,multi-task-pseudo-labels,multi-task-distillation",
            "--seeds",
            "0,1",
            "--budgets",
            "2",
            "--visits",
            "48",
            "--size",
            "64",
            "--encoder-channels",
            "8",
            "--neck-channels",
            "8",
            "--segmentation-channels",
            "8",
            "--batch",
            "4",
            "--threads",
            "2",
            "--convolutions",
            "direct",
            "--no-images",
            "--output",
            folder.resolve(output).toString()
        };
    }
}
