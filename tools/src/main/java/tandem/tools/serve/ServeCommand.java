package tandem.tools.serve;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.Inspector;
import tandem.model.data.PixelLimit;
import tandem.tools.DeviceOption;
import tandem.tools.ImageLimitOption;
import tandem.tools.InputException;
import tandem.tools.Interruption;
import tandem.tools.TileOptions;
import tandem.tools.watch.DriftLine;
import tandem.tools.watch.FolderLoop;

/** {@code tandem serve}: a web page that shows what a network finds. */
@Command(
        name = "serve",
        description =
                "Shows what a network finds on a web page, until Ctrl-C: the images of a folder as they arrive, and uploads, with boxes, "
                        + "mask, decision and latency; the histogram of latencies, counters and the last rejects. /metrics has the "
                        + "counters for Prometheus. Nothing is written to disk. Only this machine can open the page unless --bind is "
                        + "given; it has no password.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem serve --weights runs/first/best.safetensors --folder camera/"})
public final class ServeCommand implements Callable<Integer> {

    private static final int TILES = 4;
    private static final int REPORT_AFTER = 2000;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            order = 0,
            description = "A checkpoint made by training; thresholds beside it (eval --save-thresholds) decide.")
    private Path weights;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            order = 1,
            description = "Inspect the images in this folder and those that arrive. Default: only uploads.")
    private Path folder;

    @Option(
            names = "--score",
            paramLabel = "X",
            defaultValue = "0.3",
            order = 2,
            description = "The page first shows boxes with a score of at least this. Default: ${DEFAULT-VALUE}.")
    private double score;

    @Option(
            names = "--every",
            paramLabel = "MS",
            defaultValue = "100",
            order = 3,
            description = "List the folder every MS milliseconds. Default: ${DEFAULT-VALUE}.")
    private int every;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            order = 4,
            description =
                    "The address to listen on, such as 0.0.0.0 for all networks of this machine. Default: 127.0.0.1.")
    private String bind;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "7070",
            order = 4,
            description = "The port; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            order = 4,
            description =
                    "A further name by which browsers may open the page, beside localhost, addresses and the name of this machine.")
    private Set<String> hostNames = new TreeSet<>();

    @Option(
            names = "--max-upload-bytes",
            paramLabel = "N",
            defaultValue = "33554432",
            order = 5,
            description = "Refuse longer uploads. Default: ${DEFAULT-VALUE}.")
    private int maxUploadBytes;

    @Option(
            names = "--max-upload-pixels",
            paramLabel = "N",
            defaultValue = "50000000",
            order = 5,
            description = "Refuse uploads whose header states more pixels. Default: ${DEFAULT-VALUE}.")
    private long maxUploadPixels;

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
        check();
        InetAddress address = address();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Device machine = device.open(err);
                Inspector inspector = Inspector.load(weights, machine, DriftLine.options(err));
                Interruption interruption = new Interruption(null)) {
            tiles.tiling(inspector.settings()).ifPresent(tile -> inspector.tiled(tile, TILES));
            inspector.warmUp();
            ShownFrames frames = new ShownFrames();
            InspectionDesk desk = new InspectionDesk(inspector, frames, limit.limit(), err);
            try (PageServer server = PageServer.start(
                    address, port, new RequestGuard(names(address)), routes(inspector, desk, frames, machine))) {
                if (!address.isLoopbackAddress()) {
                    err.println("warning: other machines can open the page, and it has no password");
                }
                out.println("serving " + server.url() + " until Ctrl-C");
                out.flush();
                if (folder == null) {
                    interruption.await();
                } else {
                    new FolderLoop(
                                    folder,
                                    file -> Optional.empty(),
                                    new FolderLoop.Timing(every, REPORT_AFTER, false),
                                    desk,
                                    err)
                            .run(interruption);
                }
            }
            out.println("ended after " + inspector.metrics().latency().getTotalCount() + " frames");
            out.flush();
        }
        return 0;
    }

    private void check() {
        if (folder != null && !Files.isDirectory(folder)) {
            throw new InputException(folder + ": not a folder");
        }
        if (every < 1) {
            throw new InputException("--every " + every + ": at least 1");
        }
        if (port < 0 || port > 65_535) {
            throw new InputException("--port " + port + ": 0 to 65535");
        }
        if (maxUploadBytes < 1 || maxUploadBytes == Integer.MAX_VALUE || maxUploadPixels < 1) {
            throw new InputException("the limits of uploads must be at least 1, and below 2^31 bytes");
        }
    }

    private InetAddress address() {
        if (bind == null) {
            return InetAddress.getLoopbackAddress();
        }
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new InputException("--bind " + bind + ": not an address of this machine");
        }
    }

    private Set<String> names(InetAddress address) {
        Set<String> names = new TreeSet<>(hostNames);
        if (bind != null) {
            names.add(bind);
        }
        if (!address.isLoopbackAddress()) {
            try {
                names.add(InetAddress.getLocalHost().getHostName());
            } catch (UnknownHostException unnamed) {
                // Then the page is opened by the address.
            }
        }
        return names;
    }

    private Routes routes(Inspector inspector, InspectionDesk desk, ShownFrames frames, Device machine) {
        PageState state = new PageState(inspector, desk, frames);
        return new Routes(
                state.network()
                        .put("weights", weights.toString())
                        .put("folder", folder == null ? null : folder.toString())
                        .put("device", machine.description())
                        .put("score", score),
                state,
                frames,
                desk,
                inspector.metrics(),
                new Routes.Limits(maxUploadBytes, PixelLimit.of(maxUploadPixels, "--max-upload-pixels")));
    }
}
