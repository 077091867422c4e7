package tandem.tools.data;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.data.BadFiles;
import tandem.model.data.CocoSources;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;
import tandem.model.data.ReadingOptions;
import tandem.model.data.RecognizedData;
import tandem.tools.ImageLimitOption;
import tandem.tools.InputException;

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
            names = "--format",
            paramLabel = "NAME",
            order = 5,
            description =
                    "Layout of the data: voc, coco, yolo, labelme, voc-xml or masks. Default: recognized by the content.")
    private String format;

    @Option(
            names = "--mask-threshold",
            paramLabel = "VALUE",
            order = 5,
            description =
                    "Mask files are black and white: pixels are of the class from this gray value on, 1 to 255. Default: masks have "
                            + "class indices or colors, unless all are black and white.")
    private Integer threshold;

    @Option(
            names = "--mask-class",
            paramLabel = "CLASS",
            order = 5,
            description = "Class of such pixels. Default: the only class, or foreground.")
    private String maskClass;

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
            names = "--crowds",
            paramLabel = "HOW",
            order = 5,
            description =
                    "COCO: annotations with iscrowd are objects, or ignore them as groups of objects. Default: ignore, except "
                            + "in classes that have no other annotations.")
    private ReadingOptions.Crowds crowds;

    @Option(
            names = "--voc-origin",
            paramLabel = "N",
            order = 5,
            description =
                    "VOC boxes: 0 when the corners are pixel edges, 1 when they count pixels from 1. Default: 0 for corners with "
                            + "fractions and files of CVAT and Datumaro, else 1; tandem audit finds out which fits the masks.")
    private Integer origin;

    @Option(
            names = "--skip-bad",
            order = 5,
            description = "Skip images with bad files and list them at the end. Default: stop at the first bad file.")
    private boolean skipBad;

    @Mixin
    private ImageLimitOption limit;

    private BadFiles bad;

    /** The handling of bad files; one object for the whole command. */
    public BadFiles bad() {
        if (bad == null) {
            bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        }
        return bad;
    }

    /** Recognizes the layout of the data and prints one line about it. */
    public DataReader open(Path root, PrintWriter out) {
        if (threshold != null && (threshold < 1 || threshold > 255)) {
            throw new InputException("--mask-threshold " + threshold + ": a gray value from 1 to 255");
        }
        if (origin != null && origin != 0 && origin != 1) {
            throw new InputException("--voc-origin " + origin + ": 0 or 1");
        }
        RecognizedData data = RecognizedData.of(
                root,
                new ReadingOptions(
                        Optional.ofNullable(format),
                        new CocoSources(boxesFrom, masksFrom),
                        Optional.ofNullable(threshold),
                        Optional.ofNullable(maskClass),
                        Optional.ofNullable(origin),
                        Optional.ofNullable(crowds),
                        limit.limit()));
        out.println(data.line());
        out.flush();
        return data.reader();
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
