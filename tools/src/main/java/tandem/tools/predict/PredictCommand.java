package tandem.tools.predict;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.Inspector;
import tandem.model.data.BadFiles;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.settings.Precision;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;

/** {@code tandem predict}: boxes and masks of images. */
@Command(
        name = "predict",
        description =
                "Finds boxes and segments pixels in images. Writes, in the output folder: overlays/NAME.png; masks/NAME.png, "
                        + "palette PNGs whose indices are classes; results.json, COCO results; images.json, which image has which id.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem predict --weights runs/first/checkpoint.safetensors --output found photos/ part-17.jpg"
        })
public final class PredictCommand implements Callable<Integer> {

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

    @Option(
            names = "--skip-bad",
            order = 3,
            description = "Leave out images that cannot be read, and list them at the end.")
    private boolean skipBad;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "float32",
            order = 4,
            description =
                    "How activations and filters are stored: float32, bfloat16 (GPUs from 8.0 on) or float16. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Path> paths = input.images();
        BadFiles bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        Path folder = output.make();
        try (Device machine = device.open(err);
                Inspector inspector = Inspector.load(
                        input.weights(), machine, NonMaximumSuppression.Settings.DEFAULT, precision.storage());
                LiveLine line = LiveLine.on(err)) {
            machine.note(precision.storage()).ifPresent(err::println);
            PredictionFiles files = new PredictionFiles(folder, inspector.settings(), score);
            Inspection found = new Inspection();
            double seconds = 0;
            for (int i = 0; i < paths.size(); i++) {
                DecodedImage image;
                try {
                    image = ImageDecoder.decode(paths.get(i));
                } catch (DataException e) {
                    bad.found(List.of(e));
                    continue;
                }
                long began = System.nanoTime();
                inspector.inspect(
                        ByteBuffer.wrap(image.rgb()),
                        Inspector.PixelFormat.RGB,
                        image.width(),
                        image.height(),
                        3 * image.width(),
                        found);
                seconds += (System.nanoTime() - began) / 1e9;
                files.add(paths.get(i), image, found);
                line.update(
                        i + 1, paths.size(), "image " + (i + 1) + "/" + paths.size() + "  " + found.boxes() + " boxes");
            }
            if (files.images() == 0) {
                throw new InputException("none of the " + paths.size() + " images can be read; the first: "
                        + bad.lines().get(0));
            }
            files.finish(seconds, machine.description(), input.weights());
            out.printf(
                    "%d images, %d boxes of a score of at least %s, %s inside the network%n",
                    files.images(), files.shownBoxes(), score, TrainingLine.duration(seconds));
            List<String> skipped = new ArrayList<>(bad.lines());
            if (!skipped.isEmpty()) {
                err.println("skipped " + skipped.size() + " bad files:");
                skipped.forEach(text -> err.println("  " + text));
            }
            out.println("everything is in " + folder);
            out.flush();
        }
        return 0;
    }
}
