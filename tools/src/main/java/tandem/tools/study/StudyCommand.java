package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.declaration.SettingsRecord;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Recipe;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.model.strategy.Strategy;
import tandem.model.train.TrainingObserver;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;
import tandem.tools.report.Section;
import tandem.tools.train.Interruption;
import tandem.tools.train.NetworkOptions;
import tandem.tools.train.TrainingOptions;

/** {@code tandem study}: compares training strategies on the data of a user, with confidence intervals. */
@Command(
        name = "study",
        description =
                "Trains strategies x seeds x annotation budgets and compares them with one network per task: metrics with confidence "
                        + "intervals, the annotation that each strategy saves, a recommendation, an HTML report. It can be stopped or killed at "
                        + "any time; the same command resumes it. More strategies, seeds or budgets are added to the existing results.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem study VOC --boxes Partial/train-boxes --masks Partial/train-masks --val Main/val \\",
            "      --strategies single-task,multi-task --seeds 0,1,2 --budgets 25%%,50%%,all --output runs/study"
        })
public final class StudyCommand implements Callable<Integer> {

    @Mixin
    private StudyData data;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--strategies",
            paramLabel = "NAME",
            split = ",",
            order = 8,
            description =
                    "Strategies to compare; single-task is always included. Default: all except multi-task-full. Names: ${COMPLETION-CANDIDATES}.",
            completionCandidates = StrategyNames.class)
    private List<String> strategies = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            split = ",",
            order = 9,
            defaultValue = "0,1,2",
            description =
                    "Each seed determines the selection of images, the initial weights, the order and the augmentation. Default: ${DEFAULT-VALUE}.")
    private List<Long> seeds;

    @Option(
            names = "--budgets",
            paramLabel = "N",
            split = ",",
            order = 10,
            defaultValue = "all",
            description = {
                "Numbers (120) or shares (25%%, 0.25) of the images annotated for the scarce task, or 'all'; all images of the other task are used. "
                        + "To set both: BOXES+MASKS. A smaller set is a subset of a larger one. Default: ${DEFAULT-VALUE}."
            })
    private List<String> budgets;

    @Option(
            names = "--scarce",
            paramLabel = "TASK",
            order = 11,
            description =
                    "The task to improve: detection or segmentation. Default: the one with fewer annotated images.")
    private Task scarce;

    @Option(
            names = "--visits",
            paramLabel = "N",
            order = 12,
            defaultValue = "4000",
            description =
                    "Image visits of each network in training (samples seen, with repetition), rounded to whole epochs; the same for "
                            + "every strategy. Default: ${DEFAULT-VALUE}.")
    private long visits;

    @Option(
            names = "--visits-per-task",
            order = 13,
            description =
                    "Apply --visits to each task: a network for both tasks then gets as many image visits as the two networks that it replaces.")
    private boolean perTask;

    @Option(names = "--no-augmentation", order = 14, description = "Train without augmentation.")
    private boolean plain;

    @Option(
            names = {"--no-images", "--no-pictures"},
            order = 14,
            description = "Omit example images from the report, for data that must not be published.")
    private boolean withoutImages;

    @Mixin
    private StudyWeights weights;

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
    private String pilot;

    @Option(names = "--dry-run", order = 16, description = "Print the plan and the estimated time, and exit.")
    private boolean dry;

    @Option(
            names = "--master",
            paramLabel = "URL",
            order = 18,
            description =
                    "Run independent stages in parallel with Apache Spark: local[2], spark://HOST:7077. Data and output folder must have "
                            + "the same path on every machine. Requires a build with Spark (TANDEM_MAVEN_FLAGS=-Pspark).")
    private String master;

    @Mixin
    private DeviceOption device;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private final TrainingOptions training =
            new TrainingOptions(preset(), Set.of("schedule.epochs", "validation.every", "validation.patience", "seed"));

    @Option(names = "--epochs", hidden = true, description = "Refused.")
    private String epochs;

    @Option(names = "--seed", hidden = true, description = "Refused.")
    private String seed;

    @Spec
    private CommandSpec spec;

    /** For the help text. */
    static final class StrategyNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        StrategyNames() {
            super(Strategy.labels());
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        refuse("--epochs", "use --visits N");
        refuse("--seed", "use --seeds N,N,...");
        List<Strategy> chosen = strategies();
        if (pilot != null && (accept == null || !chosen.contains(strategy("--pilot", pilot)))) {
            throw new InputException("--pilot " + pilot + " requires --accept, and this strategy in --strategies");
        }
        Path folder = output.make();
        try (StudyLock lock = StudyLock.take(folder);
                Interruption stop = new Interruption(null)) {
            StudySetup setup = setup(folder, chosen, out);
            Acceptance acceptance =
                    accept == null ? null : Acceptance.read(accept, setup.pool().boxClasses());
            long unused = setup.unusedFolders();
            if (unused > 0) {
                out.println("stage folders under " + setup.options().folder() + " of no stage of this plan: " + unused
                        + " (made by an earlier version or for another plan); they are not used");
            }
            try (Device machine = device.open(err)) {
                StageRunner runner = setup.runner(machine);
                if (dry) {
                    StudyForecast.of(setup.plan(), setup.pool(), runner, machine, setup.options())
                            .print(out);
                    return 0;
                }
                StudyLoop loop = new StudyLoop(setup.plan(), setup.pool(), runner, new ResultsFile(folder));
                boolean finished;
                try (LiveLine line = LiveLine.on(err)) {
                    if (master != null) {
                        SpreadStages.run(
                                master, spec.commandLine().getParseResult().originalArgs(), setup, runner, line);
                    }
                    finished = loop.run(line, stop);
                }
                if (!finished) {
                    err.println("stopped; run the same command to resume");
                    return 1;
                }
                return conclude(folder, setup, loop, runner, machine, acceptance, out);
            }
        }
    }

    /** Reads the data and makes the plan, also on the machine of a worker. */
    StudySetup setup(Path folder, List<Strategy> chosen, PrintWriter out) throws IOException {
        NetworkSettings shape = network.settings(List.of("any"), List.of("any"));
        StudyData.Read read = data.read(folder, shape.inputSize(), chosen.contains(Strategy.MULTI_TASK_FULL), out);
        int boxed = read.pool().annotated(Task.DETECTION).size();
        int masked = read.pool().annotated(Task.SEGMENTATION).size();
        Task helped = scarce != null ? scarce : boxed <= masked ? Task.DETECTION : Task.SEGMENTATION;
        Recipe recipe = recipe(read.pool(), helped);
        List<Budget> amounts = budgets.stream()
                .map(text -> Budget.parse(text, helped, boxed, masked))
                .distinct()
                .toList();
        StudyPlan plan = StudyPlan.of(
                recipe,
                read.pool(),
                AnnotationPool.digest(read.validation()),
                chosen,
                seeds.stream().distinct().toList(),
                amounts);
        return new StudySetup(
                recipe,
                plan,
                read,
                new StageRunner.Options(
                        folder.resolve("stages"), Runtime.getRuntime().maxMemory() / 3, 1, 60));
    }

    /** Runs one stage of the plan, on any machine that has the output folder. */
    void work(String stageFolder, PrintWriter quiet) throws IOException {
        StudySetup setup = setup(output.make(), strategies(), quiet);
        Stage stage = setup.plan().stages().stream()
                .filter(one -> one.folder(setup.pool()).equals(stageFolder))
                .findFirst()
                .orElseThrow(() -> new InputException(
                        "the data on this machine differs from that of the plan: there is no stage " + stageFolder));
        try (Device machine = device.open(quiet)) {
            setup.runner(machine).run(stage, TrainingObserver.NONE, () -> false);
        }
    }

    private int conclude(
            Path folder,
            StudySetup setup,
            StudyLoop loop,
            StageRunner runner,
            Device machine,
            Acceptance acceptance,
            PrintWriter out)
            throws IOException {
        StudyComparison comparison = new StudyComparison(
                setup.plan(), loop.outcomes(), setup.recipe().scarce());
        StudyRecommendation recommendation = StudyRecommendation.of(comparison);
        List<StudyPlan.Run> largest = setup.plan().runs().stream()
                .filter(run -> run.budget().equals(recommendation.budget()))
                .toList();
        List<Section> sections = new ArrayList<>();
        Pilot judged = null;
        if (acceptance != null) {
            Strategy strategy = pilot == null ? recommendation.strategy() : strategy("--pilot", pilot);
            List<StudyPlan.Run> runs =
                    largest.stream().filter(run -> run.strategy() == strategy).toList();
            Latency latency = acceptance.p99Milliseconds() == null
                    ? null
                    : Latency.measure(
                            runs.get(0).networks().distinct().stream()
                                    .map(runner::weights)
                                    .toList(),
                            setup.validation(),
                            machine);
            judged = Pilot.judge(acceptance, runs, loop.outcomes(), setup.pool().boxClasses(), latency);
            sections.add(judged.section());
        }
        if (!withoutImages) {
            sections.add(new ExampleFigures(machine, runner, setup.validation())
                    .of(largest.stream()
                            .filter(run -> run.seed() == largest.get(0).seed())
                            .toList()));
        }
        new StudyReport(comparison, loop.results())
                .write(folder, data.toString(), recommendation, sections, facts(setup, machine));
        out.println();
        recommendation.lines().forEach(out::println);
        if (judged != null) {
            out.println();
            judged.lines().forEach(line -> out.println(line.text()));
        }
        out.println("results: " + folder + "; report: " + folder.resolve(StudyReport.HTML));
        out.flush();
        return judged == null || judged.passed() ? 0 : 1;
    }

    private Recipe recipe(AnnotationPool pool, Task helped) {
        try {
            return new Recipe(
                    network.settings(pool.boxClasses(), pool.maskClasses()),
                    training.settings(),
                    plain ? AugmentationSettings.none() : AugmentationSettings.standard(),
                    visits,
                    perTask,
                    helped,
                    weights.weights());
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    private Map<String, String> facts(StudySetup setup, Device machine) {
        Recipe recipe = setup.recipe();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("seeds", seeds.toString());
        facts.put("budgets", budgets.toString());
        facts.put(
                "image visits",
                recipe.visits() + (perTask ? " for each task of a network" : " for each network")
                        + ", rounded to whole epochs");
        SettingsRecord.table(recipe.network()).forEach((path, value) -> facts.put("network." + path, value));
        SettingsRecord.table(recipe.training()).forEach(facts::put);
        facts.put("seed", "see seeds");
        facts.put("schedule.epochs", "from image visits");
        SettingsRecord.table(recipe.augmentation()).forEach((path, value) -> facts.put("augmentation." + path, value));
        facts.put("loss weights", recipe.weights().toString());
        facts.put(
                "data",
                String.join(
                        "; ", setup.read().lines().stream().map(String::strip).toList()));
        facts.put("device", machine.description());
        return facts;
    }

    /** Made for short runs, and with an even share for each kind of annotation, as published; epochs follow. */
    private static TrainingSettings preset() {
        TrainingSettings quick = TrainingSettings.quick();
        return quick.withSchedule(quick.schedule().withEpochs(1))
                .withBatches(quick.batches().withSampling(Sampling.EVEN));
    }

    private List<Strategy> strategies() {
        LinkedHashSet<Strategy> chosen = new LinkedHashSet<>(List.of(Strategy.SINGLE_TASK));
        for (String name : strategies) {
            chosen.add(strategy("--strategies", name));
        }
        if (strategies.isEmpty()) {
            chosen.addAll(List.of(Strategy.values()));
            chosen.remove(Strategy.MULTI_TASK_FULL);
        }
        return List.copyOf(chosen);
    }

    private static Strategy strategy(String option, String name) {
        return Strategy.of(name)
                .orElseThrow(() -> new InputException(option + " " + name + ": unknown strategy; the strategies are "
                        + String.join(", ", Strategy.labels())));
    }

    private void refuse(String option, String instead) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new InputException(option + " does not apply to a study: " + instead);
        }
    }
}
