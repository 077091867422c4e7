package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.PartThresholds;
import tandem.model.network.NetworkSettings;
import tandem.model.quantization.QuantizedFile;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.console.LiveLine;

/** {@code tandem quantize}: a network some of whose layers are computed in int8 on the CPU. */
@Command(
        name = "quantize",
        description =
                "Writes a network whose convolutions are computed in int8 on the CPU where that is faster, as far as a limit "
                        + "for the loss of AP50 and mIoU allows. Ranges are calibrated on images; eval, predict, watch, serve and "
                        + "Inspector read the file as any other.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem quantize runs/first/best.safetensors --data VOC --val Main/val --calibration Main/train"
        })
public final class QuantizeCommand implements Callable<Integer> {

    private static final int MAX_CALIBRATION_IMAGES = 64;

    @Parameters(paramLabel = "NETWORK", arity = "1", description = "A checkpoint made by training.")
    private Path weights;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description = "Images to measure the loss on. Default: as in eval.")
    private List<String> held = List.of();

    @Option(
            names = "--calibration",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description =
                    "Images to find the ranges of activations with, at most " + MAX_CALIBRATION_IMAGES
                            + " of them, evenly chosen; annotations are not used. Images of the training are right. Default: those of --val.")
    private List<String> calibration = List.of();

    @Option(
            names = "--max-loss",
            paramLabel = "X",
            defaultValue = "0.01",
            order = 7,
            description =
                    "Maximum loss of AP50 and of mIoU on the images of --val; layers that lose too much stay in float32. "
                            + "Default: ${DEFAULT-VALUE}.")
    private double maxLoss;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            order = 7,
            description = "File to write. Default: NETWORK.int8.safetensors beside the network.")
    private Path output;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!(maxLoss >= 0 && maxLoss <= 1)) {
            throw new InputException("--max-loss " + maxLoss + ": 0 to 1, such as 0.01");
        }
        Path target = target();
        try (Device machine = device.open(err)) {
            if (machine.dnn().maxFilterByte() == 0) {
                throw new InputException("int8 is for the CPU; add --device cpu");
            }
            if (QuantizedFile.isQuantized(weights)) {
                out.println(
                        weights + " has layers in int8 already; the layers are chosen again, from the float32 weights");
            }
            try (FoldedModel model = FoldedModel.quantizable(weights, machine);
                    LiveLine line = LiveLine.on(err)) {
                return quantize(model, target, out, line);
            }
        }
    }

    private Path target() throws IOException {
        Path target = output;
        if (target == null) {
            String name = weights.getFileName().toString();
            target = weights.resolveSibling(name.replaceFirst("(\\.int8)?\\.safetensors$", "") + ".int8.safetensors");
        }
        if (Files.isDirectory(target)) {
            throw new InputException("--output " + target + " is a folder; give the file to write");
        }
        Path folder = target.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new InputException("--output " + target + ": there is no folder " + folder);
        }
        return target;
    }

    private int quantize(FoldedModel model, Path target, PrintWriter out, LiveLine line) throws IOException {
        NetworkSettings settings = model.network().settings();
        DataReader reader = data.open(out);
        List<String> lists = held.isEmpty() ? data.heldOut(reader, out) : held;
        ClassMatch boxes = new ClassMatch("box classes", settings.boxClasses(), reader.boxClasses());
        ClassMatch masks = new ClassMatch("mask classes", settings.maskClasses(), reader.maskClasses());
        reader = reader.withClasses(
                settings.detects() ? settings.boxClasses() : reader.boxClasses(),
                settings.segments() ? settings.maskClasses() : reader.maskClasses());
        DataSet images = data.readHeldOut(reader, "evaluation", data.with(lists), out);
        if (images.boxed() > 0) {
            boxes.requireCommon(data.root());
        }
        if (images.masked() > 0) {
            masks.requireCommon(data.root());
        }
        DataSet examples = calibration.isEmpty()
                ? images
                : reader.read("calibration", new ImageLists(List.of(), List.of(), calibration), data.bad());
        examples = some(examples);
        out.println("calibration images: " + examples.size());
        out.flush();
        QuantizationRun run = new QuantizationRun(model, images, examples, maxLoss, line);
        QuantizationRun.Result result = run.run();
        data.skipped().forEach(out::println);
        result.table().forEach(out::println);
        out.println(line("AP50", result.floats().ap50(), result.bytes().ap50()));
        out.println(line("mIoU", result.floats().miou(), result.bytes().miou()));
        out.printf(
                Locale.ROOT,
                "time of one image: %.2f ms in float32, %.2f ms with int8 (median)%n",
                result.floatMilliseconds(),
                result.byteMilliseconds());
        if (!result.layers().any()) {
            out.println("no layer gains by int8 within --max-loss " + maxLoss + "; no file is written");
            return 1;
        }
        QuantizedFile.write(weights, result.layers(), target, model.device());
        out.println(result.layers().names().size() + " of "
                + model.network().layers().size() + " layers in int8: " + target);
        if (PartThresholds.beside(weights).isPresent()) {
            out.println("the thresholds of " + weights.getFileName()
                    + " were chosen in float32; choose those of the new file with eval --save-thresholds");
        }
        return 0;
    }

    private static String line(String name, double floats, double bytes) {
        return Double.isNaN(floats)
                ? name + ": no such annotations"
                : String.format(
                        Locale.ROOT,
                        "%s: %.4f in float32, %.4f with int8 (%+.4f)",
                        name,
                        floats,
                        bytes,
                        bytes - floats);
    }

    private static DataSet some(DataSet images) {
        if (images.size() == 0) {
            throw new InputException("no calibration images; name a list with --calibration");
        }
        int count = Math.min(MAX_CALIBRATION_IMAGES, images.size());
        List<Sample> chosen = new ArrayList<>();
        IntStream.range(0, count)
                .forEach(i -> chosen.add(images.samples().get((int) ((long) i * images.size() / count))));
        return new DataSet("calibration", images.boxClasses(), images.maskClasses(), chosen);
    }
}
