package tandem.tools.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import tandem.engine.Device;
import tandem.model.strategy.Strategy;
import tandem.tools.InputException;

/** A pilot: the acceptance criteria of a user, and the strategy that is checked against them. */
final class PilotOptions {

    @Option(
            names = "--accept",
            paramLabel = "FILE",
            order = 15,
            description = {
                "A pilot: check the recommended strategy against the criteria in this JSON file, PASS or FAIL for each; exit code 1 if one fails. "
                        + "Example: {\"ap50\": {\"scratch\": 0.4, \"mean\": 0.35}, \"miou\": 0.6, \"misses\": {\"most\": 40, \"score\": 0.3}, "
                        + "\"p99Milliseconds\": 20}."
            })
    private Path accept;

    @Option(
            names = "--pilot",
            paramLabel = "NAME",
            order = 15,
            description = "With --accept: check this strategy instead of the recommended one.")
    private String name;

    private Acceptance acceptance;

    /** @throws InputException when the strategy is not part of the study, or there are no criteria for it */
    void check(List<Strategy> chosen) {
        if (name != null && (accept == null || !chosen.contains(StudyScope.strategy("--pilot", name)))) {
            throw new InputException("--pilot " + name + " requires --accept, and this strategy in --strategies");
        }
    }

    /** Reads the criteria, if there are any, before anything is trained. */
    void read(List<String> boxClasses) throws IOException {
        acceptance = accept == null ? null : Acceptance.read(accept, boxClasses);
    }

    /**
     * Judges a strategy.
     *
     * @param recommended the strategy, unless another one is given
     * @param runs the runs of all strategies at the largest budget
     * @return empty without criteria
     */
    Optional<Pilot> judge(
            Strategy recommended, List<StudyPlan.Run> runs, StudyConclusion.Finished finished, Device machine)
            throws IOException {
        if (acceptance == null) {
            return Optional.empty();
        }
        Strategy strategy = name == null ? recommended : StudyScope.strategy("--pilot", name);
        List<StudyPlan.Run> own =
                runs.stream().filter(run -> run.strategy() == strategy).toList();
        Latency latency = acceptance.p99Milliseconds() == null
                ? null
                : Latency.measure(
                        own.get(0).networks().distinct().stream()
                                .map(finished.runner()::weights)
                                .toList(),
                        finished.setup().validation(),
                        machine);
        return Optional.of(Pilot.judge(
                acceptance,
                own,
                finished.loop().outcomes(),
                finished.setup().pool().boxClasses(),
                latency));
    }
}
