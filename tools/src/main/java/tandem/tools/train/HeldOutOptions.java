package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;
import tandem.model.audit.Audit;
import tandem.model.audit.SimilarImages;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageLists;
import tandem.model.split.HeldOutSplit;
import tandem.model.split.Overlap;
import tandem.tools.InputException;
import tandem.tools.console.LiveLine;

/** The held-out images of a training: lists, or a share of the training lists. */
final class HeldOutOptions {

    private static final Pattern SHARE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%");
    private static final int EXAMPLES = 3;

    @Option(
            names = "--val",
            paramLabel = "LIST",
            split = ",",
            order = 6,
            description =
                    "Held-out images; each is used for the tasks that it is annotated for. Or a share such as 20%%: as "
                            + "many of the images to train on are held out, similar images together, each class and each kind of "
                            + "annotation in the same share; the lists are written to the folder split. Without it nothing is "
                            + "evaluated.")
    private List<String> held = List.of();

    /** The images of a run. */
    record Images(DataSet train, DataSet heldOut) {}

    /** What was given, for results; empty when nothing was. */
    String text() {
        return String.join(",", held);
    }

    /**
     * Reads the images of a run and reports them.
     *
     * @param folder of the run, for the lists of a split
     * @param resume whether a split is read from there
     * @throws InputException when the data cannot be split, or held-out images are trained on
     */
    Images read(DataOptions data, Path folder, boolean resume, long seed, PrintWriter out, PrintWriter err)
            throws IOException {
        DataReader reader = data.open(out);
        ImageLists lists = data.training(reader, out);
        if (held.isEmpty()) {
            held = data.heldOut(reader, out);
        }
        boolean split = held.stream().anyMatch(text -> SHARE.matcher(text).matches());
        if (split && held.size() > 1) {
            throw new InputException("--val " + text() + ": give one share, or lists");
        }
        DataSet train = data.read(reader, "train", lists, out);
        if (held.isEmpty()) {
            err.println(
                    "no held-out images: nothing is evaluated while and after it trains; --val 20% holds out a fifth of "
                            + "the images");
            return new Images(train, new DataSet("val", train.boxClasses(), train.maskClasses(), List.of()));
        }
        if (split) {
            return split(data, reader, train, lists, new SplitLists(folder), resume, seed, out, err);
        }
        DataSet heldOut = data.readHeldOut(reader, "val", new ImageLists(List.of(), List.of(), held), out);
        refuseShared(train, heldOut);
        if (!resume) {
            warnOfSimilar(train, heldOut, err);
        }
        return new Images(train, heldOut);
    }

    private Images split(
            DataOptions data,
            DataReader reader,
            DataSet train,
            ImageLists lists,
            SplitLists files,
            boolean resume,
            long seed,
            PrintWriter out,
            PrintWriter err)
            throws IOException {
        Set<String> names = new HashSet<>();
        if (resume) {
            names.addAll(files.read());
        } else {
            HeldOutSplit made;
            try {
                SimilarImages similar = similar(train, err);
                made = HeldOutSplit.of(train, share(), similar, seed);
                if (similar.unseen() > 0) {
                    out.println("split: " + similar.unseen()
                            + " more pairs of images may be similar and were not compared");
                }
            } catch (IllegalArgumentException problem) {
                throw new InputException("--val " + text() + ": " + problem.getMessage());
            }
            made.heldOut().forEach(image -> names.add(train.samples().get(image).id()));
            files.write(train, made);
            made.lines().forEach(out::println);
            out.println("split: the lists are in " + files.folder());
        }
        List<String> training = new ArrayList<>(lists.boxes());
        training.addAll(lists.masks());
        training.addAll(lists.full());
        DataSet everything = reader.read("val", new ImageLists(List.of(), List.of(), training), data.bad());
        DataSet heldOut = HeldOutSplit.select(everything, "val", positions(everything, names, true));
        return new Images(
                HeldOutSplit.select(train, "train", positions(train, names, false)),
                new DataSet("val", heldOut.boxClasses(), heldOut.maskClasses(), heldOut.samples()));
    }

    private double share() {
        Matcher matcher = SHARE.matcher(held.get(0));
        matcher.matches();
        return Double.parseDouble(matcher.group(1)) / 100;
    }

    private static List<Integer> positions(DataSet data, Set<String> names, boolean in) {
        return IntStream.range(0, data.size())
                .boxed()
                .filter(image -> names.contains(data.samples().get(image).id()) == in)
                .toList();
    }

    private static SimilarImages similar(DataSet data, PrintWriter err) {
        try (LiveLine line = LiveLine.on(err)) {
            return SimilarImages.find(data.samples(), progress(line));
        }
    }

    private static Audit.Progress progress(LiveLine line) {
        return (done, total) -> {
            synchronized (line) {
                line.update(done, total, "comparing images  " + done + "/" + total);
            }
        };
    }

    private static void refuseShared(DataSet train, DataSet heldOut) {
        List<String> same = Overlap.same(train, heldOut);
        if (!same.isEmpty()) {
            throw new InputException("--val has " + same.size() + " images that are trained on, such as "
                    + String.join(", ", same.subList(0, Math.min(EXAMPLES, same.size())))
                    + "; hold out other images, remove these from one of the lists, or use a share such as --val 20%");
        }
    }

    private static void warnOfSimilar(DataSet train, DataSet heldOut, PrintWriter err) {
        List<Overlap.Similar> similar;
        try (LiveLine line = LiveLine.on(err)) {
            similar = Overlap.of(train, heldOut, progress(line)).similar();
        }
        if (!similar.isEmpty()) {
            err.println("warning: " + similar.size() + " of " + heldOut.size()
                    + " held-out images are similar or equal to training images, such as "
                    + similar.stream()
                            .limit(2)
                            .map(pair -> pair.heldOut() + " to " + pair.training())
                            .collect(Collectors.joining(", "))
                    + "; the figures will be better than on new images; tandem audit lists all, --val 20% keeps similar "
                    + "images on one side");
        }
    }
}
