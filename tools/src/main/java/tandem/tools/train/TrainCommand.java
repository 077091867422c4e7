package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageCache;
import tandem.model.metrics.Evaluation;
import tandem.model.network.NetworkSettings;
import tandem.model.recipe.DataFacts;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.Trainer;
import tandem.tools.ConvolutionTable;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.OutputOption;
import tandem.tools.ResultFile;
import tandem.tools.report.SettingRows;

/** {@code tandem train}: trains on a data set, evaluates on held-out images, and writes the output folder. */
@Command(
        name = "train",
        description =
                "Trains one network that finds boxes and segments pixels, from images of which some have only boxes and "
                        + "others only masks; then evaluates it on held-out images. Ctrl-C writes a checkpoint; --resume continues from it "
                        + "with the same bits as an uninterrupted run on the same device with the same number of threads.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem train --data VOC --boxes Partial/train-boxes --masks Partial/train-masks \\",
            "      --val Main/val --output runs/first"
        })
public final class TrainCommand implements Callable<Integer> {

    private static final int PANELS = 12;
    private static final int DECODE_THREADS = 1;
    private static final Map<String, String> CLASSES =
            Map.of("boxClasses", "those of the data", "maskClasses", "those of the data");

    @Mixin
    private DataOptions data;

    @Mixin
    private HeldOutOptions held;

    @Mixin
    private OutputOption output;

    @Option(names = "--resume", order = 8, description = "Continue the run in the output folder, with its settings.")
    private boolean resume;

    @Mixin
    private StartOptions start;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            order = 10,
            description =
                    "Time for training: number of epochs, input size and augmentation follow from the measured speed, and the "
                            + "schedule of the learning rate ends inside the time, also when the machine becomes slower. With --epochs or --resume: stop after that time, "
                            + "evaluate, and print how to continue.")
    private Double minutes;

    @Option(
            names = "--profile",
            order = 11,
            description = "Print the time per operation at the end. Steps run a little slower.")
    private boolean profile;

    @Option(names = "--no-augmentation", order = 12, description = "Train without augmentation.")
    private boolean plain;

    @Mixin
    private DeviceOption device;

    @Mixin
    private RecipeOptions recipes;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private WeakOptions weak;

    @Mixin
    private DistillationOptions distillation;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (minutes != null && !(minutes > 0)) {
            throw new InputException("--minutes " + minutes + ": must be more than 0");
        }
        start.check();
        Path folder = output.make();
        checkFolder(folder);
        HeldOutOptions.Images images = held.read(
                data,
                folder,
                resume,
                training.settings(TrainingSettings.standard()).seed(),
                out,
                err);
        DataSet train = images.train();
        DataSet validation = images.heldOut();
        TrainingRun run = new TrainingRun(folder, true, out, err);
        try (Interruption stop = new Interruption(stopsAtLimit() ? limit() : null);
                Device machine = device.open(err);
                Trainer trainer = trainer(machine, train, folder, err)) {
            NetworkSettings settings = trainer.step().network().settings();
            if (profile) {
                trainer.step().program(settings.inputSize()).profile().enable(true);
            }
            trainer.review(Optional.of(validation).filter(set -> set.size() > 0).map(ImageOptions::heldOut));
            boolean finished = run.train(trainer, stop);
            if (stop.interrupted()) {
                return 1;
            }
            FinalEvaluation last = FinalEvaluation.of(trainer, validation, folder, PANELS, DECODE_THREADS, err);
            Evaluation evaluation = last.evaluation();
            run.writeResult(trainer, evaluation, result(trainer, finished, last));
            run.writeReport(
                    "Training report",
                    spec.qualifiedName() + " on " + data.root().getFileName() + ", " + validation.size()
                            + " held-out images; " + last.text(),
                    settings(trainer),
                    Stream.of(train, validation)
                            .filter(set -> set.size() > 0)
                            .map(DataSummary::of)
                            .toList(),
                    evaluation,
                    last.heldOut().sections(),
                    data.skipped());
            if (profile) {
                run.printProfile(
                        trainer.step().program(settings.inputSize()).profile(),
                        trainer.step().times());
                ConvolutionTable.print(out, machine);
            }
            data.skipped().forEach(err::println);
            out.println();
            EvaluationSummary.print(out, run.verdict(evaluation), evaluation);
            last.heldOut().parts(Optional.empty()).lines().forEach(out::println);
            out.println(last.text());
            out.println("results: " + folder + "; report: " + folder.resolve(TrainingRun.REPORT));
            out.flush();
        }
        return 0;
    }

    private void checkFolder(Path folder) throws IOException {
        boolean there = new CheckpointStore(folder).exists();
        if (there && !resume) {
            throw new InputException(
                    folder + " already holds a run; continue it with --resume, or choose another --output");
        }
        if (!there && resume) {
            throw new InputException(folder + " holds no run to resume; leave out --resume");
        }
        if (resume) {
            refuseSettings();
        }
    }

    /** Whether the time limit interrupts the run, instead of deciding its length. */
    private boolean stopsAtLimit() {
        return minutes != null && (resume || training.declared().given("--epochs"));
    }

    private Duration limit() {
        return Duration.ofMillis(Math.round(minutes * 60_000));
    }

    /** The recipe for the data, and for the speed of the machine if there is a limit of the time. */
    private TrainingRecipe recipe(Device machine, DataSet train, ImageCache images, PrintWriter err)
            throws IOException {
        List<String> boxClasses =
                weak.teachesBoxes(train) || distillation.teachesBoxes() ? train.boxClasses() : List.of();
        List<String> maskClasses =
                weak.teachesMasks(train) || distillation.teachesMasks() ? train.maskClasses() : List.of();
        Supplier<DataFacts> facts = RecipeOptions.facts(train);
        TimedRecipe.Source source = time -> complete(start.network(
                recipes.recipe(facts, network, training, boxClasses, maskClasses, plain, time), network.given()));
        TrainingRecipe recipe = minutes == null || stopsAtLimit()
                ? source.recipe(Optional.empty())
                : TimedRecipe.fit(machine, images, limit().toMillis() / 1e3, source)
                        .recipe();
        recipe.lines().forEach(err::println);
        err.flush();
        return recipe;
    }

    /** With weak labels and teachers. */
    private TrainingRecipe complete(TrainingRecipe recipe) {
        return recipe.withTraining(distillation.settings(recipe.training().withWeak(weak.settings())));
    }

    private Trainer trainer(Device machine, DataSet train, Path folder, PrintWriter err) throws IOException {
        ImageCache images = ImageOptions.cache(train);
        Trainer.Options options = new Trainer.Options(folder, DECODE_THREADS, 60);
        if (resume) {
            Trainer resumed = Trainer.resume(machine, images, options);
            resumed.notes().forEach(err::println);
            return resumed;
        }
        TrainingRecipe recipe = recipe(machine, train, images, err);
        if (recipe.training().freeze().stages() > 0 && !start.trainsEncoder()) {
            throw new InputException(
                    "--freeze keeps the encoder's first values, which are random without --pretrained");
        }
        if (recipe.network().crops()
                && recipe.training().weak().maskForBox().weight() > 0
                && recipe.training().weak().maskForBox().firstRefinedEpoch() >= 0) {
            throw new InputException("a network that is trained on crops cannot refine boxes from masks; add "
                    + "--mask-for-box-from 0, or --no-crops");
        }
        RecipeFile.write(folder, recipe);
        NetworkSettings trained = DataFacts.medianSize(train)
                .map(size -> recipe.network().trainedOn(size))
                .orElse(recipe.network());
        Trainer trainer = Trainer.start(machine, trained, recipe.training(), images, recipe.augmentation(), options);
        try {
            start.apply(trainer.step(), folder, err);
        } catch (IOException | RuntimeException | Error e) {
            trainer.close();
            throw e;
        }
        return trainer;
    }

    /** A resumed run has its settings already. */
    private void refuseSettings() {
        Set<String> settings = Stream.of(recipes, network, training, weak, distillation)
                .flatMap(mixin -> CommandSpec.forAnnotatedObject(mixin).options().stream())
                .map(OptionSpec::longestName)
                .collect(Collectors.toSet());
        List<String> given = spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(name -> settings.contains(name) || name.equals("--convolutions"))
                .toList();
        if (!given.isEmpty() || start.given() != null || plain) {
            throw new InputException("--resume continues with the settings of the checkpoint; leave out "
                    + (given.isEmpty()
                            ? start.given() != null ? start.given() : "--no-augmentation"
                            : String.join(", ", given)));
        }
    }

    private ResultFile result(Trainer trainer, boolean finished, FinalEvaluation evaluated) throws IOException {
        return start.addTo(new ResultFile())
                .setting("data", data.root().toString())
                .setting("val", held.text())
                .details("parts", evaluated.heldOut().parts(Optional.empty()).json())
                .setting("evaluated", evaluated.file().getFileName().toString())
                .setting("augmentation", trainer.augmentation())
                .setting("recipe", RecipeFile.read(trainer.store().folder()))
                .figure("finished", finished ? 1 : 0);
    }

    private SettingRows settings(Trainer trainer) throws IOException {
        Set<String> given = spec.commandLine().getParseResult().matchedOptions().stream()
                .flatMap(option -> Stream.of(option.names()))
                .collect(Collectors.toSet());
        Map<String, String> reasons = new HashMap<>(CLASSES);
        RecipeFile.read(trainer.store().folder()).stream()
                .filter(choice -> !choice.given())
                .forEach(choice -> reasons.put(choice.path(), choice.reason()));
        return new SettingRows(given, reasons)
                .add("network.", trainer.step().network().settings())
                .add("", trainer.step().settings())
                .add("augmentation.", trainer.augmentation());
    }
}
