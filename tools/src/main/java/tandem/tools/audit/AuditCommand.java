package tandem.tools.audit;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.model.audit.Audit;
import tandem.model.audit.AuditResult;
import tandem.model.audit.Finding;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.recipe.TrainingRecipe;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;
import tandem.tools.data.ListOptions;

/** {@code tandem audit}: what a data set contains, its defects, and a recommended strategy. */
@Command(
        name = "audit",
        description =
                "Examines a data set before training: annotations and their distribution, differences between images with boxes and "
                        + "images with masks, near-duplicates, boxes and masks that disagree, broken files. Then it recommends a strategy. "
                        + "It changes no file of the data set. It prints a summary and writes all results to audit.json and audit.html.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem audit VOC --boxes Partial/train-boxes --masks Partial/train-masks \\",
            "      --val Main/val --output runs/audit"
        })
public final class AuditCommand implements Callable<Integer> {

    /** The page's name within the output folder. */
    static final String PAGE = "audit.html";

    @Parameters(
            paramLabel = "DATA",
            arity = "1",
            description =
                    "Folder of data in any layout that is read (Pascal VOC, COCO, YOLO, labelme, VOC annotation files beside images, "
                            + "images and masks), which is recognized by its content, or one COCO instances file or data.yaml.")
    private Path root;

    @Mixin
    private ListOptions options;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description = "Held-out images. Default: the lists named val or test, if there are lists named train.")
    private List<String> held = List.of();

    @Mixin
    private OutputOption output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path folder = output.make();
        DataReader reader = options.open(root, out);
        AuditResult result;
        try (LiveLine line = LiveLine.on(err)) {
            line.update(0, 1, "reading  annotations");
            result = Audit.run(
                    reader,
                    options.lists(),
                    held,
                    (done, total) -> {
                        synchronized (line) {
                            line.update(done, total, "examining  image " + done + "/" + total);
                        }
                    },
                    this::smallBoxes);
        }
        AuditFile.write(folder, result);
        AuditPage.write(folder.resolve(PAGE), result, reader);
        AuditScreen.lines(result).forEach(out::println);
        out.println("all results: " + folder.resolve(AuditFile.NAME) + "; report: " + folder.resolve(PAGE));
        return 0;
    }

    /** The warnings of {@code tandem train} without options about boxes that are too small at the network's input. */
    private List<Finding> smallBoxes(DataSet training) {
        if (training.boxed() == 0 || training.boxClasses().isEmpty()) {
            return List.of();
        }
        return TrainingRecipe.smallBoxes(training).stream()
                .map(text -> new Finding(Finding.Kind.SMALL_BOXES, root.toString(), text))
                .toList();
    }
}
