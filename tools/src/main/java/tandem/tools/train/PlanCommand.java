package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.engine.Plan;
import tandem.model.batch.BatchShape;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.distillation.Teachers;
import tandem.model.inference.InferenceProgram;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.TrainingMemory;
import tandem.model.validation.Validation;
import tandem.model.weak.LabelMemory;
import tandem.tools.ByteCount;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;

/** {@code tandem plan}: the memory that a network needs, before it is trained or bought for. */
@Command(
        name = "plan",
        description =
                "Prints how much memory training and inference of a network take on a device, peak bytes included, without "
                        + "allocating any of it. The optimizer is adamw, as that of 'tandem train'; where masks are rare, training adds "
                        + "the dice loss (--dice-weight 0.5).",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem plan --network standard --size 320 --batch 8"})
public final class PlanCommand implements Callable<Integer> {

    @Option(
            names = "--box-classes",
            paramLabel = "N",
            defaultValue = "20",
            order = 1,
            description =
                    "Classes of boxes; 0 for no detection head. With --teacher-detection those of the teacher. Default: ${DEFAULT-VALUE}.")
    private int boxClasses;

    @Option(
            names = "--mask-classes",
            paramLabel = "N",
            defaultValue = "20",
            order = 2,
            description =
                    "Classes of masks; 0 for no segmentation head. With --teacher-segmentation those of the teacher. Default: ${DEFAULT-VALUE}.")
    private int maskClasses;

    @Option(
            names = "--pixels",
            paramLabel = "N",
            order = 3,
            description =
                    "Maximum number of pixels of an image before it is scaled to --size. Default: the pixels of --size.")
    private Integer pixels;

    @Option(
            names = "--boxes",
            paramLabel = "N",
            defaultValue = "50",
            order = 4,
            description = "Most boxes of an image. Default: ${DEFAULT-VALUE}.")
    private int boxes;

    @Option(names = "--table", order = 5, description = "Print every tensor's place and lifetime too.")
    private boolean table;

    @Mixin
    private DeviceOption device;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private final TrainingOptions training = TrainingOptions.withoutData();

    @Mixin
    private WeakOptions weak;

    @Mixin
    private DistillationOptions distillation;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (boxClasses < 0 || maskClasses < 0 || boxes < 1 || pixels != null && pixels < 1) {
            throw new InputException("numbers of classes must be at least 0, --boxes and --pixels at least 1");
        }
        TrainingSettings steps = distillation.settings(
                training.settings(TrainingSettings.quick()).withWeak(weak.settings()));
        DistillationSettings taught = steps.distillation();
        NetworkSettings settings = network.settings(
                taught.detection() == null
                        ? names("box", boxClasses)
                        : NetworkMetadata.read(Path.of(taught.detection().file()))
                                .boxClasses(),
                taught.segmentation() == null
                        ? names("mask", maskClasses)
                        : NetworkMetadata.read(Path.of(taught.segmentation().file()))
                                .maskClasses());
        int room = pixels(settings, settings.maxPixels());
        Network built = new Network(settings);
        try (Device machine = device.openToPlan(spec.commandLine().getErr());
                Teachers teachers = Teachers.planned(taught, settings)) {
            TrainingMemory memory = TrainingMemory.of(
                            machine,
                            built,
                            steps,
                            new BatchShape(steps.batches().microBatchSize(), room, boxes),
                            teachers)
                    .withLabels(labels(machine, built, steps));
            Plan one = InferenceProgram.plan(
                    machine,
                    built,
                    1,
                    room,
                    NonMaximumSuppression.Settings.DEFAULT,
                    steps.precision().storage());
            if (table) {
                memory.plans()
                        .forEach((side, plan) ->
                                out.println("training step at " + side + " pixels" + System.lineSeparator() + plan));
                out.println("inference of one image" + System.lineSeparator() + one);
            }
            out.printf(
                    Locale.ROOT,
                    "%s, %.2f million parameters%n%n",
                    settings.encoder(),
                    built.variables().parameterElements() / 1e6);
            training(out, memory, steps);
            line(
                    out,
                    "validation",
                    Validation.plannedBytes(machine, built, steps.batches().microBatchSize(), room),
                    "in addition, from the first validation on");
            out.println();
            inference(out, one);
            out.flush();
        }
        return 0;
    }

    /** The pixels of an image for a network with this maximum. */
    private int pixels(NetworkSettings settings, int max) {
        return Math.min(pixels == null ? settings.inputSize().pixels() : pixels, max);
    }

    private long labels(Device machine, Network network, TrainingSettings steps) throws IOException {
        IntUnaryOperator room = max -> pixels(network.settings(), max);
        int batch = steps.batches().microBatchSize();
        return Math.max(
                LabelMemory.ofRefinement(machine, network, steps.weak(), batch, room),
                LabelMemory.ofPseudoLabels(machine, steps.weak(), batch, room));
    }

    private static void training(PrintWriter out, TrainingMemory memory, TrainingSettings steps) {
        Plan largest = memory.plans().values().iterator().next();
        out.printf(
                "training, %d images a step in %d parts%n",
                steps.batches().size(), steps.batches().microBatches());
        line(out, "weights", memory.weights(), "");
        line(out, "moving average", memory.average(), "");
        line(out, "gradients", memory.gradients() + memory.sums(), memory.sums() > 0 ? "of a part, and their sum" : "");
        line(
                out,
                "optimizer",
                memory.optimizer(),
                steps.optimizer().type().name().toLowerCase(Locale.ROOT));
        line(
                out,
                "activations",
                memory.activations(),
                ByteCount.text(largest.unsharedActivationBytes()) + " without reuse");
        if (memory.rounded() > 0) {
            line(
                    out,
                    "variables in 16 bits",
                    memory.rounded(),
                    steps.precision().name().toLowerCase(Locale.ROOT));
        }
        if (memory.teachers() > 0) {
            line(out, "teachers", memory.teachers(), "normalization folded in");
        }
        if (memory.labels() > 0) {
            line(out, "label generation", memory.labels(), "network and program that generate labels");
        }
        line(out, "workspace", memory.workspace(), "");
        line(out, "inputs and constants", memory.inputs(), "");
        peak(out, memory.total());
    }

    private static void inference(PrintWriter out, Plan plan) {
        out.println("inference, one image");
        line(out, "weights", plan.weightBytes(), "normalization folded in");
        line(
                out,
                "activations",
                plan.activationBytes(),
                ByteCount.text(plan.unsharedActivationBytes()) + " without reuse");
        if (plan.roundedBytes() > 0) {
            line(out, "variables in 16 bits", plan.roundedBytes(), "");
        }
        if (plan.preparedBytes() > 0) {
            line(out, "prepared filters", plan.preparedBytes(), "");
        }
        line(out, "workspace", plan.workspaceBytes(), "");
        line(out, "inputs and constants", plan.inputBytes(), "");
        peak(out, plan.peakBytes());
    }

    private static void line(PrintWriter out, String what, long bytes, String note) {
        out.println(String.format("  %-22s %12s  %s", what, ByteCount.text(bytes), note)
                .stripTrailing());
    }

    private static void peak(PrintWriter out, long bytes) {
        out.printf("  %-22s %12s  %d bytes%n", "peak", ByteCount.text(bytes), bytes);
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
