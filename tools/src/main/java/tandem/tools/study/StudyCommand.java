package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.data.DataSet;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.settings.Sampling;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Recipe;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.model.strategy.Strategy;
import tandem.model.train.TrainingObserver;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;
import tandem.tools.report.Section;
import tandem.tools.report.SettingRows;
import tandem.tools.train.NetworkOptions;
import tandem.tools.train.PretrainedOption;
import tandem.tools.train.RecipeOptions;
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

    @Mixin
    private StudyScope scope;

    @Option(names = "--no-augmentation", order = 14, description = "Train without augmentation.")
    private boolean plain;

    @Option(
            names = {"--no-images", "--no-pictures"},
            order = 14,
            description = "Omit example images from the report, for data that must not be published.")
    private boolean withoutImages;

    @Mixin
    private StudyWeights weights;

    @Mixin
    private PilotOptions pilot;

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
    private RecipeOptions recipes;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private PretrainedOption pretrained;

    @Mixin
    private final TrainingOptions training =
            new TrainingOptions(Set.of("schedule.epochs", "validation.every", "validation.patience", "seed"));

    @Option(names = "--epochs", hidden = true, description = "Refused.")
    private String epochs;

    @Option(names = "--seed", hidden = true, description = "Refused.")
    private String seed;

    @Spec
    private CommandSpec spec;

    private TrainingRecipe fitted;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        refuse("--epochs", "use --visits N");
        refuse("--seed", "use --seeds N,N,...");
        List<Strategy> chosen = scope.strategies();
        pilot.check(chosen);
        Path folder = output.make();
        try (Interruption stop = new Interruption(null)) {
            StudySetup setup = setup(folder, chosen, out);
            pilot.read(setup.pool().boxClasses());
            long unused = setup.unusedFolders();
            if (unused > 0) {
                out.println("stage folders under " + setup.options().folder() + " of no stage of this plan: " + unused
                        + " (made by an earlier version or for another plan); they are not used");
            }
            try (Device machine = device.open(err)) {
                StageRunner runner = setup.runner(machine);
                if (dry) {
                    StudyForecast.of(
                                    setup.plan(),
                                    setup.pool(),
                                    setup.validation().size(),
                                    runner,
                                    machine,
                                    setup.options())
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
                StudyConclusion conclusion = new StudyConclusion(setup, loop, runner, machine, pilot);
                conclusion.write(folder, data.toString(), !withoutImages, settings(setup, machine));
                conclusion.print(folder, data, device.given(), out);
                return conclusion.passed() ? 0 : 1;
            }
        }
    }

    /** Reads the data and makes the plan, also on the machine of a worker. */
    StudySetup setup(Path folder, List<Strategy> chosen, PrintWriter out) throws IOException {
        NetworkSettings shape = network.settings(List.of("any"), List.of("any"));
        StudyData.Read read = data.read(folder, shape.inputSize(), chosen.contains(Strategy.MULTI_TASK_FULL), out);
        int boxed = read.pool().annotated(Task.DETECTION).size();
        int masked = read.pool().annotated(Task.SEGMENTATION).size();
        Task helped = scope.scarce(boxed, masked);
        Recipe recipe = recipe(read.pool(), helped);
        fitted.lines().forEach(out::println);
        StudyPlan plan = StudyPlan.of(
                recipe,
                read.pool(),
                AnnotationPool.digest(read.validation()),
                chosen,
                scope.seeds(),
                scope.budgets(helped, boxed, masked));
        return new StudySetup(
                recipe,
                plan,
                read,
                new StageRunner.Options(
                        folder.resolve("stages"), Runtime.getRuntime().maxMemory() / 3, 1, 60));
    }

    /** Runs one stage of the plan, on any machine that has the output folder. */
    void work(String stageFolder, PrintWriter quiet) throws IOException {
        StudySetup setup = setup(output.make(), scope.strategies(), quiet);
        Stage stage = setup.plan().stages().stream()
                .filter(one -> one.folder(setup.pool()).equals(stageFolder))
                .findFirst()
                .orElseThrow(() -> new InputException(
                        "the data on this machine differs from that of the plan: there is no stage " + stageFolder));
        try (Device machine = device.open(quiet)) {
            setup.runner(machine).run(stage, TrainingObserver.NONE, () -> false);
        }
    }

    private Recipe recipe(AnnotationPool pool, Task helped) throws IOException {
        try {
            fitted = fitted(pool);
            return new Recipe(
                    fitted.network(),
                    pretrained.encoder(fitted.network()),
                    fitted.training(),
                    fitted.augmentation(),
                    scope.visits(),
                    scope.visitsPerTask(),
                    helped,
                    weights.weights());
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    private Section.Settings settings(StudySetup setup, Device machine) {
        Set<String> given = spec.commandLine().getParseResult().matchedOptions().stream()
                .flatMap(option -> Stream.of(option.names()))
                .collect(Collectors.toSet());
        Recipe recipe = setup.recipe();
        SettingRows rows = new SettingRows(given, fitted.reasons());
        scope.rows(rows, given);
        return rows.add(
                        "loss weight of pseudo-labels",
                        Float.toString(recipe.weights().pseudoLabels()),
                        "")
                .add(
                        "loss weight of weak labels",
                        Float.toString(recipe.weights().weak()),
                        "")
                .add(
                        "factor of distillation losses",
                        Float.toString(recipe.weights().distillation()),
                        "")
                .add(
                        "data",
                        String.join(
                                "; ",
                                setup.read().lines().stream().map(String::strip).toList()),
                        "given")
                .add("initial encoder", recipe.initial().text(), given.contains("--pretrained") ? "given" : "default")
                .add("device", machine.description(), "")
                .add("network.", recipe.network())
                .add("", recipe.training())
                .add("seed", "see seeds", "chosen")
                .add("schedule.epochs", "from the image visits", "chosen")
                .add("augmentation.", recipe.augmentation())
                .section();
    }

    /**
     * The recipe of {@code tandem train} for the images of all budgets: the settings are the same for all of them. The
     * number of epochs follows from the image visits. Small budgets make the kinds of annotation uneven, so both are
     * used equally often, as published.
     */
    private TrainingRecipe fitted(AnnotationPool pool) {
        DataSet data = pool.data();
        TrainingRecipe recipe = recipes.recipe(
                RecipeOptions.facts(data), network, training, pool.boxClasses(), pool.maskClasses(), plain, (int)
                        Math.max(1, scope.visits() / data.size()));
        boolean given = spec.commandLine().getParseResult().hasMatchedOption("--sampling");
        return given
                ? recipe
                : recipe.withTraining(recipe.training()
                        .withBatches(recipe.training().batches().withSampling(Sampling.EVEN)));
    }

    private void refuse(String option, String instead) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new InputException(option + " does not apply to a study: " + instead);
        }
    }
}
