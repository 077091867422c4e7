package tandem.tools.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.CocoSources;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;

/** Options: the images of a data set to use, the annotation to use of each, and the handling of bad files. */
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
            description = "COCO: read boxes only from these instances files. Default: from all that have boxes.")
    private List<String> boxesFrom = List.of();

    @Option(
            names = "--masks-from",
            paramLabel = "FILE",
            split = ",",
            order = 5,
            description = "COCO: read masks only from these instances files.")
    private List<String> masksFrom = List.of();

    @Option(
            names = "--skip-bad",
            order = 5,
            description = "Skip images with bad files and list them at the end. Default: stop at the first bad file.")
    private boolean skipBad;

    private BadFiles bad;

    /** The handling of bad files; one object for the whole command. */
    public BadFiles bad() {
        if (bad == null) {
            bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        }
        return bad;
    }

    /** Detects the layout of the data. */
    public DataReader open(Path root) {
        return DataReader.open(root, new CocoSources(boxesFrom, masksFrom));
    }

    /** The named lists. */
    public ImageLists lists() {
        return new ImageLists(boxes, masks, full);
    }

    /** The named lists, and {@code more} lists of which boxes and mask are used. */
    public ImageLists with(List<String> more) {
        List<String> all = new ArrayList<>(full);
        all.addAll(more);
        return new ImageLists(boxes, masks, all);
    }

    /** A heading and one line for each skipped file; empty when there is none. */
    public List<String> skipped() {
        List<String> lines = new ArrayList<>();
        if (!bad().lines().isEmpty()) {
            lines.add("skipped " + bad().lines().size() + " bad files:");
            bad().lines().forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
