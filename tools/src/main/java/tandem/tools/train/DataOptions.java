package tandem.tools.train;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
import tandem.model.data.Splits;
import tandem.tools.InputException;
import tandem.tools.data.ListOptions;

/** Which images to use and which annotation of each. */
final class DataOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            order = 1,
            description =
                    "Folder of data in any layout that is read (Pascal VOC, COCO, YOLO, labelme, VOC annotation files beside images, "
                            + "images and masks), which is recognized by its content, or one COCO instances file or data.yaml.")
    private Path root;

    @Mixin
    private ListOptions options;

    private final Set<String> noticed = new HashSet<>();

    Path root() {
        return root;
    }

    /** Recognizes the layout of the data and prints one line about it. */
    DataReader open(PrintWriter out) {
        return options.open(root, out);
    }

    /** What happens to bad files; one for the whole command. */
    BadFiles bad() {
        return options.bad();
    }

    /** Whether lists of images are named. */
    boolean namesLists() {
        return !options.lists().isEverything();
    }

    /**
     * The lists to train on. Without a name, those that the data names as training lists, or every image of data
     * without lists; one line says so.
     *
     * @throws InputException when no list is named and the data has lists, but none for training
     */
    ImageLists training(DataReader reader, PrintWriter out) {
        if (namesLists()) {
            return options.lists();
        }
        Splits splits = Splits.of(reader.lists());
        List<String> named = splits.training();
        if (named.isEmpty() && splits.heldOut().isEmpty() && Splits.isOne(reader.lists())) {
            named = reader.lists(); // such as CVAT's default, and Label Studio's result.json
        }
        if (named.isEmpty() && !reader.lists().isEmpty()) {
            throw new InputException(
                    "name the images to train on with --boxes LIST, --masks LIST or --full LIST; the data has "
                            + String.join(
                                    ", ", reader.lists().stream().limit(20).toList()));
        }
        out.println("training images: "
                + (named.isEmpty()
                        ? "all, as the data has no lists"
                        : String.join(", ", named) + " (--boxes, --masks and --full choose others)"));
        return new ImageLists(List.of(), List.of(), named);
    }

    /** The lists that the data names for evaluation, printed in one line; none when lists are named. */
    List<String> heldOut(DataReader reader, PrintWriter out) {
        List<String> named =
                namesLists() ? List.of() : Splits.of(reader.lists()).heldOut();
        if (!named.isEmpty()) {
            out.println("held-out images: " + String.join(", ", named) + " (--val chooses others)");
        }
        return named;
    }

    /** The lists to measure on, {@code more} among them; every image of the folder when none is named. */
    ImageLists with(List<String> more) {
        return options.with(more);
    }

    /** Reads a data set, prints what it holds, and stops when a list has nothing to learn from. */
    DataSet read(DataReader reader, String name, ImageLists lists, PrintWriter out) {
        return read(reader, name, lists, out, DataSummary::requireUsable);
    }

    /** Reads a data set to evaluate on; its images may all be annotated as empty. */
    DataSet readHeldOut(DataReader reader, String name, ImageLists lists, PrintWriter out) {
        return read(reader, name, lists, out, DataSummary::requireAnnotated);
    }

    private DataSet read(
            DataReader reader, String name, ImageLists lists, PrintWriter out, BiConsumer<DataSummary, Path> check) {
        DataSet data = reader.read(name, lists, bad());
        DataSummary summary = DataSummary.of(data);
        summary.lines().forEach(out::println);
        bad().notices().stream().filter(noticed::add).forEach(out::println);
        out.flush();
        check.accept(summary, root);
        return data;
    }

    /** One line for each file that was left out, under a heading; nothing when there is none. */
    List<String> skipped() {
        return options.skipped();
    }
}
