package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageLists;
import tandem.model.image.PixelSize;
import tandem.model.metrics.Evaluation;
import tandem.model.network.NetworkSettings;
import tandem.model.recipe.DataFacts;
import tandem.model.recipe.TimeBudget;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.synthetic.SyntheticInspection;
import tandem.model.train.Trainer;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.OutputLock;
import tandem.tools.ResultFile;
import tandem.tools.report.SettingRows;

/**
 * {@code tandem demo}: training and evaluation in a few minutes on synthetic inspection images, half of them with only
 * boxes and half with only masks.
 */
@Command(
        name = "demo",
        description =
                "Shows training and evaluation in under five minutes on two cores: generates a synthetic inspection data set, trains one "
                        + "network on images of which half have only boxes and half only masks, evaluates it on held-out images, and writes "
                        + "figures, training curves and an HTML report.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem demo --output runs/demo"})
public final class DemoCommand implements Callable<Integer> {

    private static final int SIDE = 160;
    private static final double CLOSENESS = 1.5;
    private static final double CONTRAST = 1;
    private static final int TRAIN = 1200;
    private static final int HELD_OUT = 100;
    private static final int EPOCHS = 10;
    private static final int FEW_PASSES = 3;
    private static final String FEW_PASSES_TEXT =
            ". That is too few to learn small and faint defects: expect AP50 and mIoU below "
                    + "0.5; ten passes give 0.75. A larger --minutes gives more passes.";
    private static final int PANELS = 12;
    private static final int DECODE_THREADS = 1;
    private static final String BOXES = "Partial/train-boxes";
    private static final String MASKS = "Partial/train-masks";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "runs/demo",
            order = 1,
            description = "Folder to write into; an existing demo is replaced. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            order = 2,
            description = "Seed of images, initial weights, order and augmentation. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "4.75",
            order = 3,
            description =
                    "Time for training: the number of epochs, at most --epochs, follows from the measured speed, and the "
                            + "schedule ends inside the time. "
                            + "Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            order = 4,
            description = "Maximum number of epochs. Default: " + EPOCHS
                    + ", more where a slow machine trains smaller images.")
    private Integer epochs;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!(minutes > 0) || epochs != null && epochs < 1) {
            throw new InputException("--minutes must be more than 0 and --epochs at least 1");
        }
        try (OutputLock lock = prepareFolder();
                Device machine = device.open(err)) {
            TrainingRun run = new TrainingRun(folder, false, out, err);
            Path root = folder.resolve("data");
            new SyntheticInspection(SIDE, SIDE, TRAIN, HELD_OUT, CLOSENESS, CONTRAST, seed).write(root);
            DataReader reader = DataReader.open(root);
            DataSet train = read(reader, "train", ImageLists.partial(BOXES, MASKS), out);
            DataSet held = read(reader, "val", ImageLists.full("Main/val"), out);
            ImageCache images = ImageOptions.cache(train);
            TrainingRecipe recipe = recipe(machine, train, images, out);
            recipe.lines().forEach(out::println);
            out.flush();
            NetworkSettings network = recipe.network().trainedOn(PixelSize.square(SIDE));
            TrainingSettings settings = recipe.training();
            StartOptions initialWeights = new StartOptions();
            boolean finished;
            Evaluation evaluation;
            HeldOut heldOut = new HeldOut(network, held, folder, PANELS);
            try (Interruption stop = new Interruption(null);
                    Trainer trainer = Trainer.start(
                            machine,
                            network,
                            settings,
                            images,
                            recipe.augmentation(),
                            new Trainer.Options(folder, DECODE_THREADS, 600))) {
                initialWeights.apply(trainer.step(), folder, err);
                finished = run.train(trainer, stop);
                if (stop.interrupted()) {
                    return 1;
                }
                evaluation = run.evaluate(trainer.step(), heldOut, DECODE_THREADS);
                run.writeResult(
                        trainer,
                        evaluation,
                        initialWeights
                                .addTo(new ResultFile())
                                .setting("data", "synthetic inspection images")
                                .setting("recipe", recipe.choices())
                                .figure("finished", finished ? 1 : 0));
            }
            run.writeReport(
                    "Tandem demo",
                    "One network, trained on " + count(train, true) + " images with only boxes and "
                            + count(train, false) + " images with only masks; evaluated on " + held.size()
                            + " held-out images.",
                    new SettingRows(Set.of(), recipe.reasons())
                            .add("network.", network)
                            .add("", settings)
                            .add("augmentation.", recipe.augmentation()),
                    List.of(DataSummary.of(train), DataSummary.of(held)),
                    evaluation,
                    heldOut.sections(),
                    List.of());
            out.println();
            out.printf(
                    "Trained on %d images with only boxes and %d images with only masks; results on %d held-out images:%n",
                    train.boxed(), train.masked(), held.size());
            EvaluationSummary.print(out, run.verdict(evaluation), evaluation);
            out.println();
            if (run.steps() < Trainer.steps(settings, train)) {
                out.printf(
                        "This machine did %d of %d steps in %s minutes, and the learning rate decayed in that time; with a larger "
                                + "--minutes the result is better.%n",
                        run.steps(), Trainer.steps(settings, train), minutes);
            }
            out.printf("Time: %.0f seconds. Report: %s%n", run.seconds(), folder.resolve(TrainingRun.REPORT));
            out.flush();
        }
        return 0;
    }

    /** Settings for the passes that this machine does in the time; the usual ones where it does all of them. */
    private TrainingRecipe recipe(Device machine, DataSet train, ImageCache images, PrintWriter out)
            throws IOException {
        int most = epochs == null ? EPOCHS : epochs;
        DataFacts facts = DataFacts.of(train);
        NetworkSettings network = NetworkSettings.small(train.boxClasses(), train.maskClasses(), SIDE);
        TrainingSettings quick = TrainingSettings.quick().withSeed(seed);
        TrainingSettings training = quick.withSchedule(quick.schedule().withEpochs(most));
        TimedRecipe timed = TimedRecipe.fit(machine, images, minutes * 60, time -> {
            Optional<TimeBudget> scarce =
                    time.filter(budget -> budget.passes(PixelSize.square(SIDE), train.size()) < most);
            return TrainingRecipe.fit(
                    facts,
                    network,
                    training,
                    AugmentationSettings.mild(),
                    scarce.isPresent() ? Set.of() : Set.of("--epochs"),
                    scarce);
        });
        boolean usual = timed.recipe().network().inputSize().equals(PixelSize.square(SIDE));
        int passes = (int) Math.max(1, epochs != null || usual ? Math.min(most, timed.passes()) : timed.passes());
        String speed = speed(timed.speed(), passes);
        out.println(speed + (passes < FEW_PASSES ? FEW_PASSES_TEXT : ""));
        return timed.recipe().withEpochs(passes, speed);
    }

    /** Such as {@code this machine does 21 images/s: 5 passes}. */
    private static String speed(double imagesPerSecond, int passes) {
        return String.format(
                Locale.ROOT,
                "this machine does %.0f images/s: %d %s",
                imagesPerSecond,
                passes,
                passes == 1 ? "pass" : "passes");
    }

    private static DataSet read(DataReader reader, String name, ImageLists lists, PrintWriter out) {
        DataSet data = reader.read(name, lists, BadFiles.stop());
        DataSummary.of(data).lines().forEach(out::println);
        out.flush();
        return data;
    }

    private static int count(DataSet data, boolean boxes) {
        return boxes ? data.boxed() : data.masked();
    }

    /** Locks the folder and removes only the files of an earlier demo. */
    private OutputLock prepareFolder() throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InputException("--output " + folder + " is a file; give a folder");
        }
        Files.createDirectories(folder);
        OutputLock lock = OutputLock.take(folder);
        for (String name : List.of(
                "checkpoint.safetensors",
                "checkpoint.previous.safetensors",
                TrainingRun.LOG,
                TrainingRun.REPORT,
                ResultFile.NAME)) {
            Files.deleteIfExists(folder.resolve(name));
        }
        return lock;
    }
}
