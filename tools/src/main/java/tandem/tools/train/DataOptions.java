package tandem.tools.train;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
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
                    "Folder in Pascal VOC layout (JPEGImages, Annotations, SegmentationClass, ImageSets) or in COCO layout "
                            + "(annotations/instances_NAME.json), or one instances file.")
    private Path root;

    @Mixin
    private ListOptions options;

    private final Set<String> noticed = new HashSet<>();

    Path root() {
        return root;
    }

    /** Finds the layout of the data. */
    DataReader open() {
        return options.open(root);
    }

    /** What happens to bad files; one for the whole command. */
    BadFiles bad() {
        return options.bad();
    }

    /** The lists to train on. */
    ImageLists training() {
        ImageLists lists = options.lists();
        if (lists.isEverything()) {
            throw new InputException("name the images to train on with --boxes LIST, --masks LIST or --full LIST");
        }
        return lists;
    }

    /** The lists to measure on, {@code more} among them; every image of the folder when none is named. */
    ImageLists with(List<String> more) {
        return options.with(more);
    }

    /** Reads a data set, prints what it holds, and stops when a list has nothing to learn from. */
    DataSet read(DataReader reader, String name, ImageLists lists, PrintWriter out) {
        DataSet data = reader.read(name, lists, bad());
        DataSummary summary = DataSummary.of(data);
        summary.lines().forEach(out::println);
        bad().notices().stream().filter(noticed::add).forEach(out::println);
        out.flush();
        summary.requireUsable(root);
        return data;
    }

    /** One line for each file that was left out, under a heading; nothing when there is none. */
    List<String> skipped() {
        return options.skipped();
    }
}
