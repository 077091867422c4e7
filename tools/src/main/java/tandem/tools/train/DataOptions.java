package tandem.tools.train;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.CocoSources;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
import tandem.tools.InputException;

/** Which images to use and which annotation of each. */
final class DataOptions {

    @Option(names = "--data", paramLabel = "DIR", required = true, order = 1,
            description = "Folder in Pascal VOC layout (JPEGImages, Annotations, SegmentationClass, ImageSets) or in COCO layout "
                    + "(annotations/instances_NAME.json), or one instances file.")
    private Path root;

    @Option(names = "--boxes", paramLabel = "LIST", split = ",", order = 2,
            description = "Images of which only the boxes are used: lists below ImageSets, such as Partial/train-boxes, "
                    + "text files, or COCO instances files.")
    private List<String> boxes = List.of();

    @Option(names = "--masks", paramLabel = "LIST", split = ",", order = 3, description = "Images of which only the mask is used.")
    private List<String> masks = List.of();

    @Option(names = "--full", paramLabel = "LIST", split = ",", order = 4, description = "Images of which boxes and mask are used.")
    private List<String> full = List.of();

    @Option(names = "--skip-bad", order = 5,
            description = "Leave out images whose files are bad and list them at the end, instead of stopping at the first.")
    private boolean skipBad;

    @Option(names = "--boxes-from", paramLabel = "FILE", split = ",", order = 5,
            description = "COCO: take boxes from these instances files alone. Default: from every one that has them.")
    private List<String> boxesFrom = List.of();

    @Option(names = "--masks-from", paramLabel = "FILE", split = ",", order = 5,
            description = "COCO: take masks from these instances files alone.")
    private List<String> masksFrom = List.of();

    private final Set<String> noticed = new HashSet<>();
    private BadFiles bad;

    Path root() {
        return root;
    }

    /** Finds the layout of the data. */
    DataReader open() {
        return DataReader.open(root, new CocoSources(boxesFrom, masksFrom));
    }

    /** What happens to bad files; one for the whole command. */
    BadFiles bad() {
        if (bad == null) {
            bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        }
        return bad;
    }

    /** The lists to train on. */
    ImageLists training() {
        ImageLists lists = new ImageLists(boxes, masks, full);
        if (lists.isEverything()) {
            throw new InputException("name the images to train on with --boxes LIST, --masks LIST or --full LIST");
        }
        return lists;
    }

    /** The lists to measure on, {@code more} among them; every image of the folder when none is named. */
    ImageLists with(List<String> more) {
        List<String> all = new ArrayList<>(full);
        all.addAll(more);
        return new ImageLists(boxes, masks, all);
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
        List<String> lines = new ArrayList<>();
        if (!bad().lines().isEmpty()) {
            lines.add("left out " + bad().lines().size() + " bad files:");
            bad().lines().forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
