package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.image.PixelSize;
import tandem.model.strategy.AnnotationPool;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.InputException;
import tandem.tools.data.ListOptions;

/** The options for the images of a study, and the images read. */
final class StudyData {

    /** Larger objects with more contrast than the default, so that small networks learn them in minutes. */
    private static final double CLOSENESS = 1.5;

    private static final double CONTRAST = 1;

    @Parameters(
            paramLabel = "DATA",
            arity = "0..1",
            description =
                    "Folder in Pascal VOC layout (JPEGImages, Annotations, SegmentationClass, ImageSets) or in COCO "
                            + "layout (annotations/instances_NAME.json).")
    private Path root;

    @Mixin
    private ListOptions options;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 5,
            description =
                    "Held-out images for the evaluation of every run; each is used for the tasks that it is annotated for.")
    private List<String> held = List.of();

    @Option(
            names = "--synthetic",
            paramLabel = "N",
            order = 6,
            description =
                    "Instead of DATA: generate N synthetic inspection images, half with boxes, half with masks, and 100 held-out images.")
    private Integer synthetic;

    /** The folder of the data, after it was read. */
    Path root() {
        return root;
    }

    /** The held-out lists, after the data was read. */
    List<String> held() {
        return held;
    }

    /**
     * The data of a study.
     *
     * @param pool training images
     * @param validation held-out images
     * @param lines a summary of the data, as text
     */
    record Read(AnnotationPool pool, DataSet validation, List<String> lines) {}

    /**
     * Reads the images.
     *
     * @param output folder for synthetic images
     * @param size rows and columns of synthetic images
     * @param everything whether to read also the annotations of the training images that their lists do not select
     */
    Read read(Path output, PixelSize size, boolean everything, PrintWriter out) throws IOException {
        ImageLists lists = options.lists();
        if (synthetic != null) {
            makeSynthetic(output.resolve("data"), size);
            lists = ImageLists.partial("Partial/train-boxes", "Partial/train-masks");
        }
        if (root == null) {
            throw new InputException("give the folder DATA, or generate images with --synthetic N");
        }
        if (held.isEmpty()) {
            throw new InputException("give the held-out images with --val LIST");
        }
        BadFiles bad = options.bad();
        DataReader reader = options.open(root, out);
        if (lists.isEverything()) {
            throw new InputException("give the training images with --boxes LIST, --masks LIST or --full LIST");
        }
        List<String> lines = new ArrayList<>();
        DataSet train = read(reader, "train", lists, bad, lines);
        DataSet validation = read(reader, "val", new ImageLists(List.of(), List.of(), held), bad, lines);
        if (train.boxed() == 0 || train.masked() == 0) {
            throw new InputException(
                    "a study needs training images with boxes and training images with a mask; the lists have "
                            + train.boxed() + " and " + train.masked());
        }
        refuseShared(train, validation);
        DataSet all = null;
        if (everything) {
            List<String> names = new ArrayList<>(lists.boxes());
            names.addAll(lists.masks());
            names.addAll(lists.full());
            all = reader.read("train", new ImageLists(List.of(), List.of(), names), bad);
        }
        bad.lines().forEach(line -> lines.add("skipped: " + line));
        lines.forEach(out::println);
        out.flush();
        return new Read(new AnnotationPool(train, all), validation, lines);
    }

    private DataSet read(DataReader reader, String name, ImageLists lists, BadFiles bad, List<String> lines) {
        DataSet data = reader.read(name, lists, bad);
        DataSummary summary = DataSummary.of(data);
        lines.addAll(summary.lines());
        summary.requireUsable(root);
        return data;
    }

    private static void refuseShared(DataSet train, DataSet validation) {
        Set<String> trained =
                new HashSet<>(train.samples().stream().map(Sample::id).toList());
        List<String> shared = validation.samples().stream()
                .map(Sample::id)
                .filter(trained::contains)
                .toList();
        if (!shared.isEmpty()) {
            throw new InputException("--val has " + shared.size() + " images that are also training images, such as "
                    + shared.get(0) + "; use other held-out images");
        }
    }

    private void makeSynthetic(Path folder, PixelSize size) throws IOException {
        if (root != null || !options.lists().isEverything() || !held.isEmpty()) {
            throw new InputException(
                    "--synthetic generates images and lists; omit DATA, --boxes, --masks, --full and --val");
        }
        if (synthetic < 4) {
            throw new InputException("--synthetic " + synthetic + ": at least 4 images");
        }
        Path made = folder.resolve("made.txt");
        String what = synthetic + " images of " + size + " pixels\n";
        if (!Files.exists(made) || !Files.readString(made).equals(what)) {
            new SyntheticInspection(size.width(), size.height(), synthetic, 100, CLOSENESS, CONTRAST, 0).write(folder);
            Files.writeString(made, what);
        }
        root = folder;
        held = List.of("Main/val");
    }

    @Override
    public String toString() {
        return synthetic != null ? synthetic + " synthetic inspection images" : String.valueOf(root.getFileName());
    }
}
