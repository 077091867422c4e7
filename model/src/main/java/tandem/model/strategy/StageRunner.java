package tandem.model.strategy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tandem.engine.Device;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.declaration.StrictJson;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.distillation.Task;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.ImageOutcome;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.model.train.Transfer;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * Runs stages, each in its own folder, and evaluates them on held-out images. A stopped stage resumes from its
 * checkpoint and gives the same result; a finished stage is not run again.
 */
public final class StageRunner {

    /** Name of the file with a finished stage's averaged weights. */
    public static final String WEIGHTS = "weights.safetensors";
    /** Name of the log of its training. */
    public static final String LOG = "log.jsonl";

    private final Device device;
    private final AnnotationPool pool;
    private final DataSet validation;
    private final String validationKey;
    private final Options options;

    /**
     * Options that do not change the result.
     *
     * @param folder holds the folders of the stages
     * @param cacheBytes maximum bytes of decoded training images to keep
     * @param threads threads that decode images
     * @param checkpointSeconds time between checkpoints
     */
    public record Options(Path folder, long cacheBytes, int threads, double checkpointSeconds) {}

    /** Runs stages over {@code pool} on {@code device}, which must stay open. */
    public StageRunner(Device device, AnnotationPool pool, DataSet validation, Options options) {
        this.device = device;
        this.pool = pool;
        this.validation = validation;
        this.validationKey = AnnotationPool.digest(validation).substring(0, 8);
        this.options = options;
    }

    /** Folder of a stage. */
    public Path folder(Stage stage) {
        return options.folder().resolve(stage.folder(pool));
    }

    /** Weights of a finished stage. */
    public Path weights(Stage stage) {
        return folder(stage).resolve(WEIGHTS);
    }

    /** The result of a stage; empty when it is not finished. */
    public Optional<StageOutcome> outcome(Stage stage) throws IOException {
        Path file = outcomeFile(stage);
        return Files.exists(file) ? Optional.of(StageOutcome.read(file)) : Optional.empty();
    }

    private Path outcomeFile(Stage stage) {
        return folder(stage).resolve("outcome-" + validationKey + ".json");
    }

    /**
     * Runs a stage to its end. The stages it needs must be finished.
     *
     * @param observer receives the events of its training, if it is not finished
     * @param stop returns true to stop
     * @return empty when it was stopped before its end
     */
    public Optional<StageOutcome> run(Stage stage, TrainingObserver observer, BooleanSupplier stop) throws IOException {
        Optional<StageOutcome> known = outcome(stage);
        if (known.isPresent()) {
            return known;
        }
        Path folder = Files.createDirectories(folder(stage));
        if (!Files.exists(weights(stage)) && !train(stage, folder, observer, stop)) {
            return Optional.empty();
        }
        StageTraining training = StrictJson.read(
                folder.toString(), Files.readString(folder.resolve(StageTraining.FILE)), StageTraining.class);
        StageOutcome outcome = new StageOutcome(
                stage.name(),
                training.seconds(),
                training.steps(),
                training.steps() * stage.training().batches().size(),
                training.parameters(),
                evaluate(stage));
        outcome.write(outcomeFile(stage));
        return Optional.of(outcome);
    }

    /** Trains, from the checkpoint if there is one; returns whether it came to its end. */
    private boolean train(Stage stage, Path folder, TrainingObserver observer, BooleanSupplier stop)
            throws IOException {
        ImageCache images =
                new ImageCache(pool.select(stage.data()), stage.network().conversion(), options.cacheBytes());
        try (Trainer trainer = trainer(stage, images, folder);
                JsonLinesLog log = new JsonLinesLog(folder.resolve(LOG))) {
            if (!trainer.run(TrainingObserver.all(List.of(log, observer)), stop)) {
                return false;
            }
            StageTraining.of(trainer, folder.resolve(LOG)).write(folder);
            export(trainer, folder);
        }
        for (String name : List.of(CheckpointStore.CURRENT, CheckpointStore.PREVIOUS)) {
            Files.deleteIfExists(folder.resolve(name));
        }
        return true;
    }

    private Trainer trainer(Stage stage, ImageCache images, Path folder) throws IOException {
        Trainer.Options where = new Trainer.Options(folder, options.threads(), options.checkpointSeconds());
        if (new CheckpointStore(folder).exists()) {
            return Trainer.resume(device, images, where);
        }
        Trainer trainer = Trainer.start(device, stage.network(), withFiles(stage), images, stage.augmentation(), where);
        try {
            if (stage.source() != null) {
                Transfer.encoder(weights(stage.source())).apply(trainer.step());
            } else {
                stage.initial().apply(trainer.step(), Transfer.Part.ENCODER);
            }
        } catch (IOException | RuntimeException | Error problem) {
            trainer.close();
            throw problem;
        }
        return trainer;
    }

    /** The settings of a stage with the files of its teachers, which must be finished. */
    public TrainingSettings withFiles(Stage stage) throws IOException {
        TrainingSettings settings = stage.training();
        if (!stage.labelers().isEmpty()) {
            PseudoLabelSettings labels = settings.weak().pseudoLabels();
            List<String> files = stage.labelers().values().stream()
                    .map(this::weights)
                    .map(Path::toAbsolutePath)
                    .map(Path::normalize)
                    .map(Path::toString)
                    .distinct()
                    .toList();
            settings = settings.withWeak(settings.weak().withPseudoLabels(labels.withTeachers(files)));
        }
        if (!stage.teachers().isEmpty()) {
            DistillationSettings distillation = settings.distillation();
            settings = settings.withDistillation(distillation
                    .withDetection(
                            withFile(distillation.detection(), stage.teachers().get(Task.DETECTION)))
                    .withSegmentation(withFile(
                            distillation.segmentation(), stage.teachers().get(Task.SEGMENTATION))));
        }
        return settings;
    }

    private TeacherSettings withFile(TeacherSettings settings, Stage teacher) throws IOException {
        if (settings == null) {
            return null;
        }
        TeacherSettings found =
                TeacherSettings.of(weights(teacher).toAbsolutePath().normalize());
        return settings.withFile(found.file()).withSha256(found.sha256());
    }

    /** Only the averaged weights, for evaluation, teachers and transfer. */
    private static void export(Trainer trainer, Path folder) throws IOException {
        SafetensorsWriter writer = NetworkMetadata.put(
                new SafetensorsWriter(), trainer.step().network().settings());
        WeightsFile.add(writer, "", trainer.step().variables(), trainer.step().average());
        Path temporary = folder.resolve(WEIGHTS + ".tmp");
        writer.write(temporary);
        Files.move(
                temporary,
                folder.resolve(WEIGHTS),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private List<ImageOutcome> evaluate(Stage stage) throws IOException {
        List<ImageOutcome> outcomes = new ArrayList<>();
        try (FoldedModel model = FoldedModel.load(weights(stage), device)) {
            DataSetInference.evaluate(
                    model,
                    validation,
                    Math.min(stage.training().batches().size(), validation.size()),
                    options.threads(),
                    NonMaximumSuppression.Settings.DEFAULT,
                    image -> outcomes.add(image.outcome(stage.network())));
        }
        return outcomes;
    }
}
