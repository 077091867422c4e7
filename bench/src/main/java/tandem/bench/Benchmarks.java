package tandem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks named on the command line and writes a table for each. Called by {@code bench/run}:
 * {@code Benchmarks RESULTS_FOLDER [--quick] busy|convolution|elementwise|imitation|launch|step ...}.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /** Runs the benchmarks. */
    public static void main(String[] arguments) throws IOException, RunnerException {
        List<String> rest = new ArrayList<>(List.of(arguments));
        Path folder = Files.createDirectories(Path.of(rest.remove(0)));
        boolean quick = rest.remove("--quick");
        List<ResultTable> all = ResultTable.all();
        List<String> names =
                rest.isEmpty() ? all.stream().map(ResultTable::name).toList() : rest;
        for (String name : names) {
            ResultTable table = all.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("unknown benchmark " + name + "; the benchmarks are "
                                    + all.stream().map(ResultTable::name).toList()));
            Collection<RunResult> results = new Runner(options(table, quick).build()).run();
            if (results.isEmpty()) {
                throw new IllegalStateException(name + " did not run; see the error above");
            }
            String page = table.page(results, command(name, quick));
            System.out.println(page);
            if (!quick) {
                Files.writeString(folder.resolve(name + ".md"), page);
            }
        }
    }

    private static ChainedOptionsBuilder options(ResultTable table, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .addProfiler(PeakMemoryProfiler.class)
                .shouldFailOnError(true)
                .jvmArgsAppend(table.jvmFlags().toArray(String[]::new));
        table.patterns().forEach(options::include);
        if (quick) {
            options.warmupIterations(1)
                    .warmupTime(TimeValue.milliseconds(200))
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(200));
        }
        return options;
    }

    private static String command(String name, boolean quick) {
        return String.format(Locale.ROOT, "bench/run %s%s", quick ? "--quick " : "", name);
    }
}
