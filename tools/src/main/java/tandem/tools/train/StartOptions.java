package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.network.NetworkSettings;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.train.Continuation;
import tandem.model.train.InitialEncoder;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingStep;
import tandem.model.train.Transfer;
import tandem.model.weights.ImportReport;
import tandem.tools.InputException;
import tandem.tools.ResultFile;

/** {@code --pretrained}, {@code --pretrained-neck} and {@code --continue}: the weights that a new run starts from. */
final class StartOptions {

    @Mixin
    private PretrainedOption pretrained = new PretrainedOption();

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
    private String start = InitialEncoder.RANDOM.text();

    /** The option that starts a new run from weights; null when none is given. */
    String given() {
        return continued != null ? "--continue" : pretrained.given() ? "--pretrained" : null;
    }

    /** Checks options that do not fit together. */
    void check() {
        if (neck && !pretrained.given()) {
            throw new InputException("--pretrained-neck needs --pretrained, the checkpoint to take it from");
        }
        if (continued != null && pretrained.given()) {
            throw new InputException("--continue takes all weights from its file; leave out --pretrained");
        }
    }

    /** Whether the first values of the encoder are trained ones, so that it may be frozen. */
    boolean trainsEncoder() {
        return continued != null || pretrained.givesTrainedValues();
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
        String from;
        if (continuation != null) {
            report = continuation.apply(step);
            start = continued.toString();
            from = report.file().toString();
            err.println("network from " + from);
        } else {
            InitialEncoder encoder = pretrained.encoder(step.network().settings());
            start = encoder.text();
            report = encoder.apply(step, neck ? Transfer.Part.ENCODER_AND_NECK : Transfer.Part.ENCODER)
                    .orElse(null);
            if (report == null) {
                return;
            }
            from = encoder instanceof InitialEncoder.Shipped
                    ? "this build (--pretrained none for random initial weights)"
                    : start;
            err.println((neck ? "encoder and neck from " : "encoder from ") + from);
        }
        report.lines().forEach(line -> err.println("  " + line));
        err.flush();
        try (JsonLinesLog log = new JsonLinesLog(folder.resolve(TrainingRun.LOG))) {
            log.on(new TrainingEvent.Initialized(
                    from, report.loaded(), report.missing(), report.unused(), report.notes()));
        }
    }

    /** Adds where the weights come from to the results of a run. */
    ResultFile addTo(ResultFile result) {
        result.setting("initialWeights", start);
        if (report != null) {
            result.lines("initialTensors", report.lines());
        }
        return result;
    }
}
