package tandem.tools.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.CocoSources;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;

/** Which images of a data set to use and which annotation of each, and what to do about bad files. */
public final class ListOptions {

    @Option(
            names = "--boxes",
            paramLabel = "LIST",
            split = ",",
            order = 2,
            description =
                    "Images of which only the boxes are used: lists below ImageSets, such as Partial/train-boxes, "
                            + "text files, or COCO instances files.")
    private List<String> boxes = List.of();

    @Option(
            names = "--masks",
            paramLabel = "LIST",
            split = ",",
            order = 3,
            description = "Images of which only the mask is used.")
    private List<String> masks = List.of();

    @Option(
            names = "--full",
            paramLabel = "LIST",
            split = ",",
            order = 4,
            description = "Images of which boxes and mask are used.")
    private List<String> full = List.of();

    @Option(
            names = "--boxes-from",
            paramLabel = "FILE",
            split = ",",
            order = 5,
            description = "COCO: take boxes from these instances files alone. Default: from every one that has them.")
    private List<String> boxesFrom = List.of();

    @Option(
            names = "--masks-from",
            paramLabel = "FILE",
            split = ",",
            order = 5,
            description = "COCO: take masks from these instances files alone.")
    private List<String> masksFrom = List.of();

    @Option(
            names = "--skip-bad",
            order = 5,
            description =
                    "Leave out images whose files are bad and list them at the end, instead of stopping at the first.")
    private boolean skipBad;

    private BadFiles bad;

    /** What happens to bad files; one for the whole command. */
    public BadFiles bad() {
        if (bad == null) {
            bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        }
        return bad;
    }

    /** Finds the layout of the data. */
    public DataReader open(Path root) {
        return DataReader.open(root, new CocoSources(boxesFrom, masksFrom));
    }

    /** The lists named. */
    public ImageLists lists() {
        return new ImageLists(boxes, masks, full);
    }

    /** The lists named and {@code more} of which everything is used. */
    public ImageLists with(List<String> more) {
        List<String> all = new ArrayList<>(full);
        all.addAll(more);
        return new ImageLists(boxes, masks, all);
    }

    /** One line for each file that was left out, under a heading; nothing when there is none. */
    public List<String> skipped() {
        List<String> lines = new ArrayList<>();
        if (!bad().lines().isEmpty()) {
            lines.add("left out " + bad().lines().size() + " bad files:");
            bad().lines().forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
