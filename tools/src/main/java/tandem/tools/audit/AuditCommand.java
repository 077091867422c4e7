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
import tandem.model.data.DataReader;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;
import tandem.tools.data.ListOptions;

/** {@code tandem audit}: what a data set holds, what is wrong with it, and which strategy it speaks for. */
@Command(
        name = "audit",
        description =
                "Takes the inventory of a data set before any training: what is annotated and how it is spread, whether images with "
                        + "boxes and images with masks differ, near-duplicates, boxes and masks that contradict each other, broken files; "
                        + "then recommends a strategy. Nothing is changed. In short on the screen, in full in audit.json and audit.html.",
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
            description = "Folder in VOC or COCO layout, or one COCO instances file.")
    private Path root;

    @Mixin
    private ListOptions options;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description = "Held-out images. Default: lists called val or test, beside those called train.")
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
        DataReader reader = options.open(root);
        AuditResult result;
        try (LiveLine line = LiveLine.on(err)) {
            line.update(0, 1, "reading  annotations");
            result = Audit.run(reader, options.lists(), held, (done, total) -> {
                synchronized (line) {
                    line.update(done, total, "examining  image " + done + "/" + total);
                }
            });
        }
        AuditFile.write(folder, result);
        AuditPage.write(folder.resolve(PAGE), result, reader);
        AuditScreen.lines(result).forEach(out::println);
        out.println("every file and figure is in " + folder.resolve(AuditFile.NAME) + "; open " + folder.resolve(PAGE));
        return 0;
    }
}
