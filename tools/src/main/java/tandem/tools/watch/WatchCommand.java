package tandem.tools.watch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.model.Frame;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.PixelLimit;
import tandem.model.inference.Inspection;
import tandem.model.inference.NonFiniteOutputException;
import tandem.tools.DeviceOption;
import tandem.tools.ImageLimitOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.OutputOption;
import tandem.tools.TileOptions;
import tandem.tools.watch.FolderWatch.Ready;

/** {@code tandem watch}: inspects the images that arrive in a folder. */
@Command(
        name = "watch",
        description =
                "Inspects images as they arrive in a folder, until Ctrl-C. Writes, in the output folder: results/NAME.json (decision, "
                        + "boxes, pixels of each mask class), overlays/NAME.png and masks/NAME.png; NAME is the name of the image file. An "
                        + "image that changes is inspected again, one that is still being written later. An image that cannot be read is "
                        + "reported in its JSON file. A second start goes on where the first ended.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem watch camera/ --weights runs/first/best.safetensors --output found"})
public final class WatchCommand implements Callable<Integer> {

    private static final int TILES = 4;

    @Parameters(paramLabel = "FOLDER", description = "The folder; the images in it are inspected too.")
    private Path folder;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            order = 0,
            description = "A checkpoint made by training; thresholds beside it (eval --save-thresholds) decide.")
    private Path weights;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--score",
            paramLabel = "X",
            defaultValue = "0.3",
            order = 2,
            description = "Draw boxes with a score of at least this. Default: ${DEFAULT-VALUE}.")
    private double score;

    @Option(
            names = "--every",
            paramLabel = "MS",
            defaultValue = "100",
            order = 3,
            description =
                    "List the folder every MS milliseconds. A file is read when two listings show the same size and time. Default: "
                            + "${DEFAULT-VALUE}.")
    private int every;

    @Option(
            names = "--report-after",
            paramLabel = "MS",
            defaultValue = "2000",
            order = 3,
            description =
                    "Report an image that cannot be read when its file has not changed for MS milliseconds; until then it may "
                            + "still be written. Default: ${DEFAULT-VALUE}.")
    private int reportAfter;

    @Option(names = "--until-idle", order = 3, description = "End when there is nothing to do, instead of waiting.")
    private boolean untilIdle;

    @Mixin
    private ImageLimitOption limit;

    @Mixin
    private TileOptions tiles;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + ": not a folder");
        }
        if (every < 1) {
            throw new InputException("--every " + every + ": at least 1");
        }
        if (reportAfter < 0) {
            throw new InputException("--report-after " + reportAfter + ": at least 0");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path target = output.make();
        try (Device machine = device.open(err);
                Inspector inspector = Inspector.load(weights, machine, DriftLine.options(err));
                Interruption interruption = new Interruption(null)) {
            tiles.tiling(inspector.settings()).ifPresent(tile -> inspector.tiled(tile, TILES));
            inspector.warmUp();
            if (inspector.thresholds().isEmpty()) {
                err.println("no thresholds beside " + weights + " (eval --save-thresholds): parts are not decided");
            }
            out.println("watching " + folder + "; results in " + target);
            out.flush();
            Watch watch = new Watch(
                    inspector, new WatchedFiles(target, inspector.settings(), score), limit.limit(), out, err);
            FolderLoop.Timing timing = new FolderLoop.Timing(every, reportAfter, untilIdle);
            new FolderLoop(folder, watch.files::done, timing, watch, err).run(interruption);
            out.printf("%d images, %d of them could not be read%n", watch.images, watch.problems);
            out.flush();
        }
        return 0;
    }

    /** Writes the results, and what it has counted. */
    private static final class Watch implements FolderLoop.Receiver {
        private final Inspector inspector;
        private final WatchedFiles files;
        private final PixelLimit limit;
        private final PrintWriter out;
        private final PrintWriter err;
        private final Inspection found = new Inspection();
        private int images;
        private int problems;

        Watch(Inspector inspector, WatchedFiles files, PixelLimit limit, PrintWriter out, PrintWriter err) {
            this.inspector = inspector;
            this.files = files;
            this.limit = limit;
            this.out = out;
            this.err = err;
        }

        @Override
        public void inspect(Ready image) throws IOException {
            Optional<String> refusal = files.refusal(image.file());
            if (refusal.isPresent()) {
                count(image, refusal.get());
                return;
            }
            long began = System.nanoTime();
            DecodedImage pixels =
                    ImageDecoder.decode(image.file(), inspector.settings().sampleBits(), limit);
            try {
                Frame frame = Frame.of(ByteBuffer.wrap(pixels.rgb()), PixelFormat.RGB, pixels.width(), pixels.height());
                inspector.inspect(frame, found);
            } catch (DeviceOutOfMemoryException | NonFiniteOutputException problem) {
                report(image, problem.getMessage());
                return;
            }
            double milliseconds = (System.nanoTime() - began) / 1e6;
            images++;
            files.write(image, pixels, found, milliseconds);
            out.printf(
                    Locale.ROOT,
                    "%s  %s  %d boxes  %.1f ms with decoding%n",
                    image.file().getFileName(),
                    found.isDecided() ? found.decision().toString() : "-",
                    found.boxes(),
                    milliseconds);
            out.flush();
        }

        @Override
        public void unreadable(Ready image, DataException problem) throws IOException {
            report(image, problem.getMessage());
        }

        private void report(Ready image, String problem) throws IOException {
            files.writeProblem(image, problem);
            count(image, problem);
        }

        private void count(Ready image, String problem) {
            images++;
            problems++;
            err.println(image.file().getFileName() + ": " + problem);
            err.flush();
        }
    }
}
