package tandem.tools.predict;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.Inspector;
import tandem.model.data.BadFiles;
import tandem.model.data.CocoIds;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.SampleBits;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.ImageConversion;
import tandem.model.inference.Inspection;
import tandem.model.inference.NonFiniteOutputException;
import tandem.model.inference.Tiling;
import tandem.model.settings.Precision;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.OutputOption;
import tandem.tools.TileOptions;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;

/** {@code tandem predict}: boxes and masks of images. */
@Command(
        name = "predict",
        description =
                "Finds boxes and segments pixels in images. Writes, in the output folder: overlays/NAME.png; masks/NAME.png, "
                        + "palette PNGs whose indices are classes; results.json, COCO results; images.json, which image has which id "
                        + "and which files, and whether it passes by the thresholds beside the weights (eval --save-thresholds). An image that cannot be read is listed at the end, and the exit code is 1.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem predict --weights runs/first/checkpoint.safetensors --output found photos/ part-17.jpg"
        })
public final class PredictCommand implements Callable<Integer> {

    /** Tiles that pass through the network together. */
    private static final int TILES = 4;

    @Mixin
    private PredictionInput input;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--score",
            paramLabel = "X",
            defaultValue = "0.3",
            order = 2,
            description =
                    "Draw boxes with a score of at least this; results.json contains all. Default: ${DEFAULT-VALUE}.")
    private double score;

    @Option(names = "--skip-bad", order = 3, description = "Images that cannot be read do not change the exit code.")
    private boolean skipBad;

    @Option(
            names = "--ids",
            paramLabel = "FILE",
            order = 3,
            description =
                    "COCO file with the images and classes, such as the instances file of the data: results.json and images.json "
                            + "have its ids. Default: numbers from 1.")
    private Path idFile;

    @Option(
            names = "--sample-bits",
            paramLabel = "N",
            order = 3,
            description =
                    "Bits that images of 16 bits use, 8 to 16: the samples of a camera of 12 bits are divided by 4095. Default: as in "
                            + "training.")
    private Integer sampleBits;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "float32",
            order = 4,
            description =
                    "How activations and filters are stored: float32, bfloat16 (GPUs from 8.0 on) or float16. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Mixin
    private TileOptions tiles;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (sampleBits != null && (sampleBits < 8 || sampleBits > ImageConversion.FULL_BITS)) {
            throw new InputException("--sample-bits " + sampleBits + ": expected 8 to 16");
        }
        ImagePaths given = input.images(output.path());
        given.passedOver().ifPresent(err::println);
        List<Path> paths = given.images();
        List<String> names = given.names();
        BadFiles bad = BadFiles.skip();
        Path folder = output.make();
        try (Device machine = device.open(err);
                Inspector inspector = Inspector.load(
                        input.weights(), machine, NonMaximumSuppression.Settings.DEFAULT, precision.storage());
                LiveLine line = LiveLine.on(err)) {
            int bits = sampleBits == null ? inspector.settings().sampleBits() : sampleBits;
            Optional<Tiling> tiling = tiles.tiling(inspector.settings());
            tiling.ifPresent(tile -> inspector.tiled(tile, TILES));
            machine.note(precision.storage()).ifPresent(err::println);
            List<String> classes = inspector.settings().boxClasses();
            CocoIds ids = idFile == null
                    ? CocoIds.numbered(paths.size(), classes.size())
                    : CocoIds.in(idFile, paths, classes);
            PredictionFiles files = new PredictionFiles(folder, inspector.settings(), score, ids);
            ShrinkNotice shrink = new ShrinkNotice(inspector.settings());
            Inspection found = new Inspection();
            double seconds = 0;
            for (int i = 0; i < paths.size(); i++) {
                DecodedImage image;
                try {
                    image = ImageDecoder.decode(paths.get(i), bits, input.limit());
                    long began = System.nanoTime();
                    inspector.inspect(
                            ByteBuffer.wrap(image.rgb()),
                            Inspector.PixelFormat.RGB,
                            image.width(),
                            image.height(),
                            3 * image.width(),
                            found);
                    seconds += (System.nanoTime() - began) / 1e9;
                } catch (DataException e) {
                    bad.found(List.of(e));
                    continue;
                } catch (DeviceOutOfMemoryException | NonFiniteOutputException e) {
                    bad.found(List.of(new DataException(
                            paths.get(i), "has no result (" + e.getMessage() + ")", "the other images have one")));
                    continue;
                }
                files.add(paths.get(i), names.get(i), ids.images().get(i), image, found);
                if (tiling.isEmpty()) {
                    shrink.add(image.width(), image.height());
                }
                line.update(
                        i + 1, paths.size(), "image " + (i + 1) + "/" + paths.size() + "  " + found.boxes() + " boxes");
            }
            if (files.images() == 0) {
                throw new InputException("none of the " + paths.size() + " images can be read; the first: "
                        + bad.lines().get(0));
            }
            int removed = files.finish(seconds, machine.description(), input.weights());
            out.printf(
                    "%d images, %d boxes of a score of at least %s, %s inside the network%n",
                    files.images(), files.shownBoxes(), score, TrainingLine.duration(seconds));
            files.decisions().ifPresent(out::println);
            if (removed > 0) {
                out.println("removed " + removed + " overlays and masks of an earlier run from " + folder);
            }
            shrink.line().ifPresent(err::println);
            SampleBits.ofFiles(paths, input.limit())
                    .filter(used -> used.bits() < bits)
                    .ifPresent(used -> err.println("warning: " + used.images() + " images of 16 bits use only "
                            + used.bits() + " of them (largest sample " + used.max()
                            + "), but are divided by the maximum of "
                            + bits + " bits, so that they are too dark; give --sample-bits " + used.bits()));
            if (!bad.lines().isEmpty()) {
                err.println(
                        skipBad
                                ? "skipped " + bad.lines().size() + " bad files:"
                                : bad.lines().size() + " of " + paths.size() + " images could not be read:");
                bad.lines().forEach(text -> err.println("  " + text));
            }
            out.println("everything is in " + folder);
            out.flush();
        }
        return bad.lines().isEmpty() || skipBad ? 0 : 1;
    }
}
