package tandem.tools.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.InitialWeights;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.figure.Sheet;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.TruthBox;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.PretrainingImages;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingStep;
import tandem.model.validation.Validation;
import tandem.tools.ByteCount;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.OutputOption;
import tandem.tools.ResultFile;

/** {@code tandem pretrain}: trains a network on generated images and writes a small file to start other runs from. */
@Command(
        name = "pretrain",
        description =
                "Pretrains the small network on generated surfaces and defects, and writes a small file of weights from which "
                        + "'tandem train --pretrained FILE' starts. It needs no data and no network connection.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem pretrain --minutes 35 --output runs/pretrain"})
public final class PretrainCommand implements Callable<Integer> {

    /** Name of the file of weights in the output folder. */
    static final String WEIGHTS = "pretrained.safetensors";
    /** Name of the figure of examples in the output folder. */
    static final String EXAMPLES = "images.png";

    private static final int EXAMPLE_COUNT = 48;
    /** The numbers of held-out images start here, beyond those of any training image. */
    private static final int HELD_OUT_FIRST = 1 << 30;
    /** Generated images are larger than the input, because augmentation crops them. */
    private static final double IMAGE_SIZE = 1.25;

    /** How much of the network is written. */
    enum Parts {
        /** The encoder. */
        ENCODER,
        /** Encoder and neck. */
        NECK,
        /** Everything except the last layers, whose shape depends on the classes. */
        HEADS;

        boolean contains(String variable) {
            return switch (this) {
                case ENCODER -> variable.startsWith("encoder.");
                case NECK -> variable.startsWith("encoder.") || variable.startsWith("neck.");
                case HEADS ->
                    !variable.startsWith("segmentation.out")
                            && !variable.matches("detection\\.confidence\\.\\d+\\.out.*");
            };
        }
    }

    @Mixin
    private OutputOption output;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            order = 8,
            description =
                    "Time for everything: images, training and evaluation. The number of steps follows from the measured speed, and the "
                            + "schedule ends inside the time, also when the machine becomes slower.")
    private Double minutes;

    @Option(names = "--steps", paramLabel = "N", order = 8, description = "Number of training steps instead.")
    private Integer steps;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "24000",
            order = 9,
            description =
                    "Max number of different images; they are kept in memory. Default: ${DEFAULT-VALUE}, or what fits into half of the "
                            + "Java heap.")
    private int maxImages;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "128",
            order = 10,
            description = "Rows and columns of the network's input. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            order = 10,
            description = "Images of a step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = {"--learning-rate", "--lr"},
            paramLabel = "X",
            defaultValue = "0.0015",
            order = 10,
            description = "Peak learning rate of adamw. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--held-out",
            paramLabel = "N",
            defaultValue = "400",
            order = 11,
            description = "Generated images that the network is evaluated on. Default: ${DEFAULT-VALUE}.")
    private int heldOutImages;

    @Option(
            names = "--parts",
            paramLabel = "NAME",
            defaultValue = "encoder",
            order = 11,
            description =
                    "What the file contains: encoder, neck (and encoder), or heads (everything except the last layers). Default: "
                            + "${DEFAULT-VALUE}.")
    private Parts parts;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            order = 12,
            description = "Seed of images, initial weights, order and augmentation. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        long began = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if ((minutes == null) == (steps == null)) {
            throw new InputException("give either --minutes or --steps");
        }
        if (minutes != null && !(minutes > 0)
                || steps != null && steps < 1
                || !(learningRate > 0)
                || batch < 2
                || maxImages < batch
                || heldOutImages < 1) {
            throw new InputException(
                    "--minutes, --steps, --held-out and --learning-rate must be positive, --batch at least 2 and "
                            + "--images at least --batch");
        }
        Path folder = output.make();
        if (new CheckpointStore(folder).exists()) {
            throw new InputException(folder + " already holds a run; choose another --output");
        }
        NetworkSettings network;
        PretrainingImages generator;
        try {
            network = NetworkSettings.small(PretrainingImages.BOX_CLASSES, PretrainingImages.MASK_CLASSES, size);
            generator = new PretrainingImages((int) (IMAGE_SIZE * size), seed);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
        Pretraining pretraining = new Pretraining(network, generator, batch, learningRate, seed, folder);
        int fitting = (int)
                Math.min(maxImages, Runtime.getRuntime().maxMemory() / 2 / generator.bytesOfImage() - heldOutImages);
        if (fitting < batch) {
            throw new InputException("too little memory for generated images; use a larger Java heap");
        }
        TrainingRun run = new TrainingRun(folder, false, out, err);
        try (Device machine = device.open(err);
                Interruption stop = new Interruption(null)) {
            ImageCache heldOut = generator.make("val", HELD_OUT_FIRST, heldOutImages, network.maxPixels());
            writeExamples(folder.resolve(EXAMPLES), network, heldOut);
            long end = minutes == null ? 0 : began + Math.round(minutes * 60e9);
            long total = steps != null ? steps : pretraining.stepsWithin(machine, heldOut, end, fitting, err);
            Pretraining.Length length = Pretraining.Length.of(total, batch, fitting);
            long generating = System.nanoTime();
            ImageCache images = generator.make("train", 0, length.images(), network.maxPixels());
            double seconds = (System.nanoTime() - generating) / 1e9;
            err.printf(
                    Locale.ROOT,
                    "images: %d of %d x %d pixels generated in %.1f s, %.0f images/s%n",
                    length.images(),
                    generator.size(),
                    generator.size(),
                    seconds,
                    length.images() / seconds);
            err.flush();
            double left = minutes == null ? 0 : Pretraining.minutesUntil(end);
            try (Trainer trainer = pretraining.trainer(machine, images, length.epochs(), left, folder)) {
                boolean finished = run.train(trainer, stop);
                if (stop.interrupted()) {
                    return 1;
                }
                Evaluation evaluation = evaluate(trainer.step(), heldOut);
                run.writeResult(
                        trainer,
                        evaluation,
                        new ResultFile()
                                .setting("data", "generated images")
                                .figure("trainingImages", length.images())
                                .figure("imagesPerSecond", Math.round(length.images() / seconds))
                                .figure("finished", finished ? 1 : 0));
                Path weights = folder.resolve(WEIGHTS);
                long visits = Math.min(trainer.stepsDone() * batch, (long) length.images() * length.epochs());
                write(weights, trainer.step(), length, visits, evaluation);
                Figures.print(out, evaluation);
                out.printf("weights: %s, %s%n", weights, ByteCount.text(Files.size(weights)));
                out.flush();
            }
        }
        return 0;
    }

    private static Evaluation evaluate(TrainingStep step, ImageCache heldOut) {
        try (Validation validation = new Validation(
                step.device(),
                step.network(),
                heldOut,
                step.settings().batches().size(),
                Pretraining.threads())) {
            return validation.run(step.variables(), step.average()).evaluation();
        }
    }

    private void write(Path file, TrainingStep step, Pretraining.Length length, long visits, Evaluation evaluation)
            throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("images", Integer.toString(length.images()));
        facts.put("imageVisits", Long.toString(visits));
        facts.put("seed", Long.toString(seed));
        facts.put("device", step.device().description());
        facts.put("ap50", Figures.figure(evaluation.ap50()));
        facts.put("miou", Figures.figure(evaluation.miou()));
        InitialWeights.write(file, step.network().settings(), facts, step.variables(), step.average(), parts::contains);
    }

    private static void writeExamples(Path file, NetworkSettings network, ImageCache images) throws IOException {
        ClassColors colors = new ClassColors(network.boxClasses(), network.maskClasses());
        Overlay overlay = new Overlay(colors);
        List<Sheet.Cell> cells = new ArrayList<>();
        for (int i = 0; i < Math.min(EXAMPLE_COUNT, images.data().size()); i++) {
            Sample sample = images.data().samples().get(i);
            DecodedImage image = images.get(i);
            List<TruthBox> boxes =
                    sample.boxes().orElseThrow().stream().map(TruthBox::of).toList();
            cells.add(new Sheet.Cell(sample.id(), rgb(image)));
            cells.add(new Sheet.Cell("", overlay.truth(rgb(image), boxes, image.mask())));
        }
        ImageFiles.writePng(file, Sheet.of(cells, 12, colors));
    }

    private static BufferedImage rgb(DecodedImage image) {
        BufferedImage result = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < image.width() * image.height(); i++) {
            byte[] rgb = image.rgb();
            result.setRGB(
                    i % image.width(),
                    i / image.width(),
                    (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | rgb[3 * i + 2] & 0xFF);
        }
        return result;
    }
}
