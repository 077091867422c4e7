package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.strategy.StageRunner;
import tandem.model.strategy.Strategy;
import tandem.tools.report.Section;

/** The comparison, the recommendation, the report and the result of a pilot of a finished study. */
final class StudyConclusion {

    /** A study all of whose stages are finished. */
    record Finished(StudySetup setup, StudyLoop loop, StageRunner runner) {}

    private final Finished finished;
    private final Device machine;
    private final StudyComparison comparison;
    private final StudyRecommendation recommendation;
    private final List<StudyPlan.Run> largest;
    private final Optional<Pilot> pilot;

    StudyConclusion(StudySetup setup, StudyLoop loop, StageRunner runner, Device machine, PilotOptions options)
            throws IOException {
        this.finished = new Finished(setup, loop, runner);
        this.machine = machine;
        this.comparison = new StudyComparison(
                setup.plan(), loop.outcomes(), setup.recipe().scarce());
        this.recommendation = StudyRecommendation.of(comparison);
        this.largest = setup.plan().runs().stream()
                .filter(run -> run.budget().equals(recommendation.budget()))
                .toList();
        this.pilot = options.judge(recommendation.strategy(), largest, finished, machine);
    }

    /**
     * Writes the report.
     *
     * @param subject name of the data
     * @param images whether the report shows images of the data
     */
    void write(Path folder, String subject, boolean images, Section.Settings settings) throws IOException {
        List<Section> sections = new ArrayList<>();
        pilot.ifPresent(judged -> sections.add(judged.section()));
        if (images) {
            DataSet shown = ShownImages.of(finished.setup().validation());
            List<StudyPlan.Run> firstSeed = largest.stream()
                    .filter(run -> run.seed() == largest.get(0).seed())
                    .toList();
            sections.add(new ExampleFigures(machine, finished.runner(), shown).of(firstSeed));
            sections.add(new GradCamFigures(machine, finished.runner(), shown).of(explained(firstSeed)));
        }
        new StudyReport(comparison, finished.loop().results())
                .write(folder, subject, recommendation, sections, settings);
    }

    /** The runs of single-task and of the recommended strategy, or of the best other one. */
    private List<StudyPlan.Run> explained(List<StudyPlan.Run> runs) {
        Set<Strategy> shown = EnumSet.of(Strategy.SINGLE_TASK, recommendation.strategy());
        if (shown.size() == 1) {
            recommendation.bestOther().ifPresent(shown::add);
        }
        return runs.stream().filter(run -> shown.contains(run.strategy())).toList();
    }

    /** @param device the options that chose the device of the study */
    void print(Path folder, StudyData data, List<String> device, PrintWriter out) throws IOException {
        out.println();
        recommendation.lines().forEach(out::println);
        out.println("To train it again:");
        StudyPlan.Run winner = largest.stream()
                .filter(run -> run.strategy() == recommendation.strategy())
                .findFirst()
                .orElseThrow();
        new RepeatCommands(folder, finished.runner(), data, device)
                .of(winner)
                .forEach(line -> out.println("  " + line));
        pilot.ifPresent(judged -> {
            out.println();
            judged.lines().forEach(line -> out.println(line.text()));
        });
        out.println("results: " + folder + "; report: " + folder.resolve(StudyReport.HTML));
        out.flush();
    }

    /** Whether every criterion of the pilot is met; true without a pilot. */
    boolean passed() {
        return pilot.map(Pilot::passed).orElse(true);
    }
}
