package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.strategy.AnnotationPool;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.InputException;

/** The images of a study: options, and what is read for them. */
final class StudyData {

    /** Nearer and clearer than the usual synthetic images, so that small networks learn from them in minutes. */
    private static final double CLOSENESS = 1.5;

    private static final double CONTRAST = 1;

    @Parameters(
            paramLabel = "DATA",
            arity = "0..1",
            description =
                    "Folder in Pascal VOC layout (JPEGImages, Annotations, SegmentationClass, ImageSets) or in COCO "
                            + "layout (annotations/instances_NAME.json).")
    private Path root;

    @Option(
            names = "--boxes",
            paramLabel = "LIST",
            split = ",",
            order = 2,
            description =
                    "Images whose boxes may be used: lists below ImageSets, such as Partial/train-boxes, or text files.")
    private List<String> boxes = List.of();

    @Option(
            names = "--masks",
            paramLabel = "LIST",
            split = ",",
            order = 3,
            description = "Images whose mask may be used.")
    private List<String> masks = List.of();

    @Option(
            names = "--full",
            paramLabel = "LIST",
            split = ",",
            order = 4,
            description = "Images whose boxes and mask may be used.")
    private List<String> full = List.of();

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 5,
            description = "Held-out images that every run is measured on; each counts for what it is annotated with.")
    private List<String> held = List.of();

    @Option(
            names = "--skip-bad",
            order = 6,
            description = "Leave out images whose files are bad and list them, instead of stopping at the first.")
    private boolean skipBad;

    @Option(
            names = "--synthetic",
            paramLabel = "N",
            order = 7,
            description =
                    "Instead of DATA: make N synthetic inspection images, half for boxes, half for masks, and 100 held-out ones.")
    private Integer synthetic;

    /**
     * What a study is run on.
     *
     * @param pool images to train on
     * @param validation images to measure on
     * @param lines what was read, for people
     */
    record Read(AnnotationPool pool, DataSet validation, List<String> lines) {}

    /**
     * Reads the images.
     *
     * @param output where synthetic images go
     * @param side rows and columns of synthetic images
     * @param everything whether to read what the training images carry beyond their lists
     */
    Read read(Path output, int side, boolean everything, PrintWriter out) throws IOException {
        if (synthetic != null) {
            makeSynthetic(output.resolve("data"), side);
        }
        if (root == null) {
            throw new InputException("name the folder of the data, or make some with --synthetic N");
        }
        if (held.isEmpty()) {
            throw new InputException("name the held-out images with --val LIST");
        }
        BadFiles bad = skipBad ? BadFiles.skip() : BadFiles.stop();
        DataReader reader = DataReader.open(root);
        ImageLists lists = new ImageLists(boxes, masks, full);
        if (lists.isEverything()) {
            throw new InputException("name the images to train on with --boxes LIST, --masks LIST or --full LIST");
        }
        List<String> lines = new ArrayList<>();
        DataSet train = read(reader, "train", lists, bad, lines);
        DataSet validation = read(reader, "val", new ImageLists(List.of(), List.of(), held), bad, lines);
        if (train.boxed() == 0 || train.masked() == 0) {
            throw new InputException(
                    "a study compares strategies for two tasks: it needs images with boxes and images with a mask, and has "
                            + train.boxed() + " and " + train.masked());
        }
        refuseShared(train, validation);
        DataSet all = null;
        if (everything) {
            List<String> names = new ArrayList<>(boxes);
            names.addAll(masks);
            names.addAll(full);
            all = reader.read("train", new ImageLists(List.of(), List.of(), names), bad);
        }
        bad.lines().forEach(line -> lines.add("left out: " + line));
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
            throw new InputException("--val has " + shared.size() + " images that are trained on, such as "
                    + shared.get(0) + "; hold out other images");
        }
    }

    private void makeSynthetic(Path folder, int side) throws IOException {
        if (root != null || !boxes.isEmpty() || !masks.isEmpty() || !full.isEmpty() || !held.isEmpty()) {
            throw new InputException(
                    "--synthetic makes its own images and lists; leave out DATA, --boxes, --masks, --full and --val");
        }
        if (synthetic < 4) {
            throw new InputException("--synthetic " + synthetic + ": at least 4 images");
        }
        Path made = folder.resolve("made.txt");
        String what = synthetic + " images of " + side + " pixels\n";
        if (!Files.exists(made) || !Files.readString(made).equals(what)) {
            new SyntheticInspection(side, side, synthetic, 100, CLOSENESS, CONTRAST, 0).write(folder);
            Files.writeString(made, what);
        }
        root = folder;
        boxes = List.of("Partial/train-boxes");
        masks = List.of("Partial/train-masks");
        held = List.of("Main/val");
    }

    @Override
    public String toString() {
        return synthetic != null ? synthetic + " synthetic inspection images" : String.valueOf(root.getFileName());
    }
}
