package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.train.Continuation;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingStep;
import tandem.model.train.Transfer;
import tandem.model.weights.ImportReport;
import tandem.tools.InputException;
import tandem.tools.ResultFile;

/** {@code --pretrained}, {@code --pretrained-neck} and {@code --continue}: the weights that a new run starts from. */
final class StartOptions {

    private static final String SHIPPED = "shipped";
    private static final String NONE = "none";
    /** Whether a network that has the shipped encoder starts from it when nothing else is given. */
    private static final boolean SHIPPED_BY_DEFAULT = true;

    @Option(
            names = "--pretrained",
            paramLabel = "FILE",
            order = 9,
            description =
                    "Start from the encoder of a checkpoint, whatever its classes, or of torchvision or timm (.safetensors, .pth); "
                            + "'shipped' for the encoder of Tandem (half width), 'none' for random initial weights. Default: the shipped "
                            + "one where this build contains it and it fits the network.")
    private String pretrained;

    @Option(names = "--pretrained-neck", order = 9, description = "Take the neck of that checkpoint too.")
    private boolean neck;

    @Option(
            names = "--continue",
            paramLabel = "RUN",
            order = 9,
            description =
                    "Train a finished network on, with its heads: the folder of a run, or a file of weights. The network is that of the "
                            + "file; classes may be added or removed, and --size may be given. Optimizer state and schedule are initialized as in a new run.")
    private Path continued;

    private Continuation continuation;
    private ImportReport report;

    /** The option that starts a new run from weights; null when none is given. */
    String given() {
        return continued != null ? "--continue" : pretrained != null ? "--pretrained" : null;
    }

    /** Checks options that do not fit together. */
    void check() {
        if (neck && pretrained == null) {
            throw new InputException("--pretrained-neck needs --pretrained, the checkpoint to take it from");
        }
        if (continued != null && pretrained != null) {
            throw new InputException("--continue takes all weights from its file; leave out --pretrained");
        }
    }

    /** Whether the first values of the encoder are trained ones, so that it may be frozen. */
    boolean trainsEncoder() {
        return continued != null || pretrained != null && !pretrained.equals(NONE);
    }

    /**
     * The recipe with the network to continue, if there is one: its classes are those of the data, and its input size
     * may be given.
     *
     * @param given main names of the options of the network that are given
     */
    TrainingRecipe network(TrainingRecipe recipe, List<String> given) throws IOException {
        if (continued == null) {
            return recipe;
        }
        List<String> refused =
                given.stream().filter(option -> !option.equals("--size")).toList();
        if (!refused.isEmpty()) {
            throw new InputException(
                    "--continue takes the network from its file; leave out " + String.join(", ", refused));
        }
        continuation = Continuation.of(continued);
        NetworkSettings network = continuation.network(
                recipe.network().boxClasses(), recipe.network().maskClasses());
        return recipe.withNetwork(
                given.isEmpty()
                        ? network
                        : network.withInputSize(recipe.network().inputSize()));
    }

    /** Sets the initial weights of a new run, and writes which tensors were loaded to its log. */
    void apply(TrainingStep step, Path folder, PrintWriter err) throws IOException {
        String what = neck ? "encoder and neck from " : "encoder from ";
        String from;
        if (continuation != null) {
            report = continuation.apply(step);
            what = "network from ";
            from = report.file().toString();
        } else if (pretrained != null && !pretrained.equals(NONE) && !pretrained.equals(SHIPPED)) {
            from = pretrained;
            report = transfer(Path.of(pretrained)).apply(step);
        } else if (SHIPPED.equals(pretrained) || pretrained == null && SHIPPED_BY_DEFAULT && ShippedWeights.exist()) {
            if (!ShippedWeights.exist()) {
                throw new InputException(
                        "--pretrained shipped: this build contains no pretrained encoder; make one with "
                                + "'tandem pretrain'");
            }
            from = "this build (--pretrained none for random initial weights)";
            Path file = ShippedWeights.copy();
            try {
                if (pretrained == null
                        && !fits(NetworkMetadata.read(file), step.network().settings())) {
                    return;
                }
                report = transfer(file).apply(step);
            } finally {
                Files.delete(file);
            }
        } else {
            return;
        }
        err.println(what + from);
        report.lines().forEach(line -> err.println("  " + line));
        err.flush();
        try (JsonLinesLog log = new JsonLinesLog(folder.resolve(TrainingRun.LOG))) {
            log.on(new TrainingEvent.Initialized(
                    from, report.loaded(), report.missing(), report.unused(), report.notes()));
        }
    }

    private Transfer transfer(Path file) {
        return new Transfer(file, neck ? Transfer.Part.ENCODER_AND_NECK : Transfer.Part.ENCODER);
    }

    private static boolean fits(NetworkSettings source, NetworkSettings target) {
        return source.encoder() == target.encoder() && source.encoderChannels() == target.encoderChannels();
    }

    /** Adds where the weights come from to the results of a run. */
    ResultFile addTo(ResultFile result) {
        String start = continued != null
                ? continued.toString()
                : report == null ? NONE : pretrained == null ? SHIPPED : pretrained;
        result.setting("initialWeights", start);
        if (report != null) {
            result.lines("initialTensors", report.lines());
        }
        return result;
    }
}
