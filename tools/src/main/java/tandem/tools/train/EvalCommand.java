package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.declaration.SettingsRecord;
import tandem.model.inference.FileBesideWeights;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.PartThresholds;
import tandem.model.inference.Tiling;
import tandem.model.metrics.Evaluation;
import tandem.model.network.NetworkSettings;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.JsonFile;
import tandem.tools.OutputOption;
import tandem.tools.ResultFile;
import tandem.tools.TileOptions;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;
import tandem.tools.report.DataReport;
import tandem.tools.report.EvaluationReport;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;
import tandem.tools.report.SettingRows;
import tandem.tools.verdict.Verdict;

/** {@code tandem eval}: evaluates trained weights on annotated images. */
@Command(
        name = "eval",
        description =
                "Evaluates a checkpoint on annotated images: COCO and VOC average precision of boxes, intersection over union of "
                        + "masks, at the original size of each image.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem eval --weights runs/first/checkpoint.safetensors --data VOC --val Main/val \\",
            "      --output runs/first-val"
        })
public final class EvalCommand implements Callable<Integer> {

    private static final int PANELS = 12;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            order = 0,
            description = "A checkpoint made by training.")
    private Path weights;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description =
                    "Images to evaluate; each is used for the tasks that it is annotated for. The same as --full.")
    private List<String> held = List.of();

    @Mixin
    private OutputOption output;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Batch size. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--false-alarms-per-part",
            paramLabel = "RATE",
            description =
                    "Print the threshold with at most this number of false alarms per image, and the defects that escape then.")
    private Double wanted;

    @Option(
            names = "--escapes",
            paramLabel = "SHARE",
            description =
                    "With --save-thresholds: the thresholds at which at most this share of the defects escapes, such as 0.01.")
    private Double escapes;

    @Option(
            names = "--save-thresholds",
            description =
                    "Write the thresholds for --false-alarms-per-part, or for --escapes, beside the weights: WEIGHTS.thresholds.json. "
                            + "Inspector, predict, watch and serve then decide with them whether a part passes.")
    private boolean save;

    @Option(
            names = "--save-drift",
            paramLabel = "IMAGES",
            description =
                    "Write brightness, scores and rates of classes of the evaluated images beside the weights: WEIGHTS.drift.json. "
                            + "Inspector, watch and serve then raise an alarm when the images of a line differ. good: of parts "
                            + "without a defect, for a line on which these are usual; all: of all images.")
    private DriftFile.Images drift;

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
        if (batch < 1) {
            throw new InputException("--batch " + batch + ": at least 1");
        }
        if (wanted != null && !(wanted >= 0)) {
            throw new InputException("--false-alarms-per-part " + wanted + ": 0 or more, such as 0.01");
        }
        if (escapes != null && !(escapes >= 0 && escapes <= 1)) {
            throw new InputException("--escapes " + escapes + ": 0 to 1, such as 0.01");
        }
        if (save && (wanted == null) == (escapes == null)) {
            throw new InputException("--save-thresholds: state --false-alarms-per-part or --escapes");
        }
        if (!save && escapes != null) {
            throw new InputException("--escapes: only with --save-thresholds");
        }
        Path folder = output.make();
        long began = System.nanoTime();
        Optional<String> checksum = FileBesideWeights.checksum(weights);
        try (Device machine = device.open(err);
                FoldedModel model = FoldedModel.load(weights, machine);
                LiveLine line = LiveLine.on(err)) {
            NetworkSettings settings = model.network().settings();
            Optional<String> bytes = model.quantized().any()
                    ? Optional.of(model.quantized().names().size() + " of "
                            + model.network().layers().size() + " layers in int8")
                    : Optional.empty();
            bytes.ifPresent(out::println);
            Optional<Tiling> tiling = tiles.tiling(settings);
            DataReader reader = data.open(out);
            List<String> lists = held.isEmpty() ? data.heldOut(reader, out) : held;
            ClassMatch boxes = new ClassMatch("box classes", settings.boxClasses(), reader.boxClasses());
            ClassMatch masks = new ClassMatch("mask classes", settings.maskClasses(), reader.maskClasses());
            reader = reader.withClasses(
                    settings.detects() ? settings.boxClasses() : reader.boxClasses(),
                    settings.segments() ? settings.maskClasses() : reader.maskClasses());
            DataSet images = data.readHeldOut(reader, "data", data.with(lists), out);
            if (images.boxed() > 0) {
                boxes.requireCommon(data.root());
                boxes.lacking().ifPresent(out::println);
            }
            if (images.masked() > 0) {
                masks.requireCommon(data.root());
                masks.lacking().ifPresent(out::println);
            }
            HeldOut heldOut = new HeldOut(settings, images, folder, PANELS);
            Optional<DriftFile> driftFile = Optional.ofNullable(drift).map(choice -> new DriftFile(settings, choice));
            driftFile.ifPresent(heldOut::alsoTo);
            Evaluation evaluation = tiling.isEmpty()
                    ? heldOut.run(model, batch, 1, line)
                    : heldOut.runTiled(model, tiling.get(), batch, line);
            PartSummary parts = heldOut.parts(Optional.ofNullable(wanted));
            double seconds = (System.nanoTime() - began) / 1e9;
            ResultFile file = new ResultFile();
            tiling.ifPresent(tile -> file.setting("tiles", tile));
            bytes.ifPresent(layers -> file.setting("precision", layers));
            file.setting("weights", weights.toString())
                    .setting("data", data.root().toString())
                    .setting("network", settings)
                    .details("parts", parts.json())
                    .write(folder, evaluation, seconds, machine.description(), 0);
            List<Report.Headline> headlines = new ArrayList<>(EvaluationReport.headlines(evaluation));
            headlines.add(new Report.Headline("time", TrainingLine.duration(seconds), images.size() + " images"));
            Verdict verdict = Verdict.of(evaluation);
            List<Section> sections = new ArrayList<>(List.of(EvaluationReport.verdict(verdict)));
            sections.addAll(heldOut.sections(Optional.ofNullable(wanted)));
            sections.addAll(EvaluationReport.sections(evaluation));
            sections.addAll(DataReport.sections(List.of(DataSummary.of(images))));
            SettingRows rows = new SettingRows(Set.of(), Map.of()).add("weights", weights.toString(), "given");
            tiling.ifPresent(tile -> rows.add("tiles", tile.toString(), "given"));
            bytes.ifPresent(layers -> rows.add("precision", layers, "weights"));
            SettingsRecord.table(settings).forEach((path, value) -> rows.add("network." + path, value, "weights"));
            sections.add(rows.add("device", machine.description(), "").section());
            if (!data.skipped().isEmpty()) {
                sections.add(new Section.Notes("Skipped files", data.skipped()));
            }
            HtmlReport.write(
                    folder.resolve(TrainingRun.REPORT),
                    new Report(
                            "Evaluation report", weights + " on " + data.root().getFileName(), headlines, sections));
            data.skipped().forEach(err::println);
            EvaluationSummary.print(out, verdict, evaluation);
            parts.lines().forEach(out::println);
            if (save) {
                saveThresholds(parts, checksum, out);
            }
            if (driftFile.isPresent()) {
                driftFile.get().save(weights, checksum, out);
            }
            out.println("results: " + folder + "; report: " + folder.resolve(TrainingRun.REPORT));
            out.flush();
        }
        return 0;
    }

    private void saveThresholds(PartSummary parts, Optional<String> checksum, PrintWriter out) throws IOException {
        PartThresholds thresholds = parts.thresholds(escapes);
        Path file = PartThresholds.file(weights);
        JsonFile.write(file, FileBesideWeights.naming(checksum, thresholds.toJson()));
        thresholds
                .boxes()
                .ifPresent(rates -> out.println("boxes: " + PartSummary.chosen(rates, "a score of at least %.3f")));
        thresholds
                .masks()
                .ifPresent(
                        rates -> out.println("masks: " + PartSummary.chosen(rates, "regions of at least %.0f pixels")));
        out.println("thresholds: " + file);
    }
}
