package tandem.bench.parity;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tandem.engine.Device;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.batch.StagedBatch;
import tandem.model.data.BadFiles;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageLists;
import tandem.model.data.VocReader;
import tandem.model.declaration.Labels;
import tandem.model.network.Initialization;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * Trains without augmentation and writes what a peer needs to do the same, into the folder {@code output}: the weights
 * before the first step and after each of the first {@code early} steps, {@code weights-0.safetensors} and so on; their
 * moving average after these, {@code average.safetensors}; and {@code run.json}, the settings, the images of each step,
 * losses, norms of the gradient and learning rates. The images themselves are written to {@code canvases} once, see
 * {@link Canvases}. Arguments are {@code key=value}.
 */
public final class ParityRun {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, String> arguments = new TreeMap<>();

    private ParityRun(String[] words) {
        for (String word : words) {
            int at = word.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("'" + word + "' is not key=value");
            }
            arguments.put(word.substring(0, at), word.substring(at + 1));
        }
    }

    /** Runs once; an exception ends the process with status 1. */
    public static void main(String[] words) throws IOException {
        Locale.setDefault(Locale.ROOT);
        new ParityRun(words).run();
    }

    private String text(String key, String otherwise) {
        String value = arguments.getOrDefault(key, otherwise);
        if (value == null) {
            throw new IllegalArgumentException(key + "=... is missing");
        }
        return value;
    }

    private int number(String key, int otherwise) {
        return Integer.parseInt(text(key, String.valueOf(otherwise)));
    }

    private double real(String key, double otherwise) {
        return Double.parseDouble(text(key, String.valueOf(otherwise)));
    }

    private void run() throws IOException {
        ImageLists lists = new ImageLists(list("boxes"), list("masks"), List.of());
        DataSet data = VocReader.open(Path.of(text("data", null))).read("train", lists, BadFiles.stop());
        int size = number("size", 128);
        NetworkSettings network = NetworkSettings.small(
                        lists.boxes().isEmpty() ? List.of() : data.boxClasses(),
                        lists.masks().isEmpty() ? List.of() : data.maskClasses(),
                        size)
                .withInitialization(
                        (Initialization) Labels.parse(Initialization.class, text("initialization", "kaiming")));
        ImageCache images = new ImageCache(data, network.conversion(), Long.MAX_VALUE);
        Path output = Files.createDirectories(Path.of(text("output", null)));
        int steps = number("steps", 20);
        TrainingSettings settings = training(data, number("schedule", steps));
        try (Device device = open()) {
            Path canvases = Path.of(text("canvases", null));
            if (!Files.exists(canvases)) {
                Path part = canvases.resolveSibling(canvases.getFileName() + ".part");
                Canvases.write(device, images, network, part);
                Files.move(part, canvases);
            }
            ObjectNode result = train(device, network, settings, images, output, steps);
            Files.writeString(output.resolve("run.json"), result.toString());
        }
    }

    private List<String> list(String key) {
        String value = text(key, "");
        return value.isEmpty() ? List.of() : List.of(value);
    }

    private Device open() {
        return text("device", "cpu").equals("cpu")
                ? new CpuDevice(CpuDevice.Options.standard().withThreads(number("threads", 1)))
                : CudaDevice.open(0, CudaDevice.Options.standard().withTensorFloat32(false));
    }

    /** Its schedule has {@code schedule} steps or a few more, whole passes over the data. */
    private TrainingSettings training(DataSet data, int schedule) {
        TrainingSettings base = TrainingSettings.standard();
        int batch = number("batch", 8);
        OptimizerSettings.Type type =
                (OptimizerSettings.Type) Labels.parse(OptimizerSettings.Type.class, text("optimizer", "adamw"));
        return base.withOptimizer(base.optimizer()
                        .with(change -> change.type(type).weightDecay((float)
                                real("decay", base.optimizer().weightDecay()))))
                .withSchedule(base.schedule()
                        .with(change -> change.epochs((schedule * batch + data.size() - 1) / data.size())
                                .learningRate(real("rate", 1e-3))
                                .warmupSteps(number("warmup", 50))))
                .withBatches(base.batches().withSize(batch))
                .withSeed(number("seed", 0));
    }

    private ObjectNode train(
            Device device,
            NetworkSettings network,
            TrainingSettings settings,
            ImageCache images,
            Path output,
            int steps)
            throws IOException {
        ObjectNode result = JSON.createObjectNode()
                .put("device", device.description())
                .put("size", network.inputSize().width())
                .put("optimizer", Labels.of(settings.optimizer().type()))
                .put("momentum", settings.optimizer().momentum())
                .put("weightDecay", settings.optimizer().weightDecay())
                .put("clip", settings.optimizer().gradientClip())
                .put("learningRate", settings.schedule().learningRate())
                .put("warmup", settings.schedule().warmupSteps())
                .put("scheduleSteps", Trainer.steps(settings, images.data()))
                .put("batch", settings.batches().size())
                .put("boxClasses", network.boxClasses().size())
                .put("maskClasses", network.maskClasses().size())
                .put("initialization", Labels.of(network.initialization()))
                .put("seed", settings.seed());
        result.set("order", order(images, settings, steps));
        List<TrainingEvent.Step> events = new ArrayList<>();
        int early = number("early", 20);
        try (Trainer trainer = Trainer.start(
                device,
                network,
                settings,
                images,
                AugmentationSettings.none(),
                new Trainer.Options(output, 1, Double.POSITIVE_INFINITY))) {
            long start = System.nanoTime();
            trainer.run(
                    event -> {
                        if (event instanceof TrainingEvent.Step step) {
                            events.add(step);
                        }
                    },
                    () -> {
                        if (events.size() <= early) {
                            Path file = output.resolve("weights-" + events.size() + ".safetensors");
                            write(trainer, trainer.step().weights(), file);
                        }
                        if (events.size() == early) {
                            write(trainer, trainer.step().average(), output.resolve("average.safetensors"));
                        }
                        return events.size() >= steps;
                    });
            result.put("seconds", (System.nanoTime() - start) / 1e9);
        }
        ArrayNode lines = result.putArray("steps");
        for (TrainingEvent.Step step : events) {
            lines.addObject()
                    .put("total", step.losses().total())
                    .put("location", step.losses().location())
                    .put("confidence", step.losses().confidence())
                    .put("segmentation", step.losses().segmentation())
                    .put("gradientNorm", step.gradientNorm())
                    .put("learningRate", step.learningRate());
        }
        return result;
    }

    /** The images of each step, by their index in the data set. */
    private static ArrayNode order(ImageCache images, TrainingSettings settings, int steps) {
        BatchShape shape = BatchShape.of(images, settings.batches().size());
        ArrayNode order = JSON.createArrayNode();
        try (BatchStager stager = BatchStager.training(
                images,
                shape,
                1,
                SamplerState.start(settings.seed()),
                settings.batches().sampling(),
                AugmentationSettings.none())) {
            for (int step = 0; step < steps; step++) {
                StagedBatch batch = stager.next();
                ArrayNode samples = order.addArray();
                for (int i = 0; i < batch.size(); i++) {
                    samples.add(batch.sample(i));
                }
            }
        }
        return order;
    }

    private static void write(Trainer trainer, Weights weights, Path file) {
        SafetensorsWriter writer = new SafetensorsWriter();
        WeightsFile.add(writer, "", trainer.step().variables(), weights);
        try {
            writer.write(file);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
