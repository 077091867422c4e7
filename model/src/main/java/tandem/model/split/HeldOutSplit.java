package tandem.model.split;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tandem.model.audit.SimilarImages;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;

/**
 * A division of a data set into training images and held-out images. Similar images are on the same side. Each class of
 * boxes and of masks, and each kind of annotation, has nearly the same share on both sides, and where it occurs in two
 * scenes or more, images on both. The same data, share and seed give the same division.
 *
 * @param training positions of the training images, in order
 * @param heldOut positions of the held-out images, in order
 * @param scenes number of groups of similar images with more than one image
 * @param inScenes number of images in these groups
 * @param onlyTraining classes without a held-out image, such as {@code boxes of crack}
 */
public record HeldOutSplit(
        List<Integer> training, List<Integer> heldOut, int scenes, int inScenes, List<String> onlyTraining) {

    private static final int MIN_IMAGES = 2;
    private static final double MAX_SHARE = 0.5;

    /**
     * Divides a data set.
     *
     * @param share of the images that are held out, above 0 and at most 0.5
     * @throws IllegalArgumentException when the share is out of range, or fewer than two images would be on one side;
     *     the message is one line for the user
     */
    public static HeldOutSplit of(DataSet data, double share, SimilarImages similar, long seed) {
        if (!(share > 0 && share <= MAX_SHARE)) {
            throw new IllegalArgumentException("the held-out share must be above 0 % and at most 50 %");
        }
        int expected = (int) Math.round(share * data.size());
        if (expected < MIN_IMAGES || data.size() - expected < MIN_IMAGES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d of %d images would be held out, at least %d are needed; hold out a larger share, add images, or "
                            + "name other images as held out",
                    expected,
                    data.size(),
                    MIN_IMAGES));
        }
        List<Set<String>> labels =
                data.samples().stream().map(sample -> labels(data, sample)).toList();
        List<List<Integer>> groups = Scenes.of(data.size(), similar.pairs());
        Set<Integer> held = new HashSet<>();
        new Stratification(labels, groups, share, seed).heldOut().forEach(group -> held.addAll(groups.get(group)));
        if (held.size() < MIN_IMAGES || data.size() - held.size() < MIN_IMAGES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d images cannot be divided: they form %d groups of similar images, which stay together; name other "
                            + "images as held out",
                    data.size(),
                    groups.size()));
        }
        List<Integer> heldOut = held.stream().sorted().toList();
        Set<String> evaluated =
                heldOut.stream().flatMap(image -> labels.get(image).stream()).collect(Collectors.toSet());
        List<List<Integer>> scenes =
                groups.stream().filter(group -> group.size() > 1).toList();
        return new HeldOutSplit(
                IntStream.range(0, data.size())
                        .boxed()
                        .filter(image -> !held.contains(image))
                        .toList(),
                heldOut,
                scenes.size(),
                scenes.stream().mapToInt(List::size).sum(),
                labels.stream()
                        .flatMap(Set::stream)
                        .distinct()
                        .filter(label -> label.contains(" of ") && !evaluated.contains(label))
                        .sorted()
                        .toList());
    }

    /** The kind of annotation of an image and its classes. */
    private static Set<String> labels(DataSet data, Sample sample) {
        Set<String> labels = new LinkedHashSet<>();
        labels.add("kind " + sample.annotation());
        sample.boxes().ifPresent(boxes -> {
            if (boxes.isEmpty()) {
                labels.add("no boxes");
            }
            boxes.stream()
                    .map(Box::label)
                    .distinct()
                    .forEach(label -> labels.add("boxes of " + data.boxClasses().get(label)));
        });
        sample.mask().ifPresent(mask -> {
            if (mask.foreground() == 0) {
                labels.add("background only");
            }
            IntStream.range(1, mask.pixels().size())
                    .filter(value -> mask.pixels().get(value) > 0)
                    .forEach(
                            value -> labels.add("masks of " + data.maskClasses().get(value - 1)));
        });
        return labels;
    }

    /** Some images of a data set with the same classes and lists. */
    public static DataSet select(DataSet data, String name, List<Integer> images) {
        TreeMap<Integer, Integer> places = new TreeMap<>();
        images.forEach(image -> places.put(image, places.size()));
        List<DataSet.Source> sources = new ArrayList<>();
        for (DataSet.Source source : data.sources()) {
            List<Integer> members = source.samples().stream()
                    .filter(places::containsKey)
                    .map(places::get)
                    .toList();
            if (!members.isEmpty()) {
                sources.add(new DataSet.Source(source.name(), source.uses(), members));
            }
        }
        return new DataSet(
                name,
                data.boxClasses(),
                data.maskClasses(),
                images.stream().map(image -> data.samples().get(image)).toList(),
                sources);
    }

    /** The division in words. */
    public List<String> lines() {
        double all = training.size() + heldOut.size();
        String counts = String.format(
                Locale.ROOT,
                "split: %d images to train on, %d held out (%.1f %%)",
                training.size(),
                heldOut.size(),
                100 * heldOut.size() / all);
        String similar = scenes == 0
                ? "; no similar images"
                : "; " + inScenes + " images of " + scenes + " scenes stay together, because they are similar";
        return onlyTraining.isEmpty()
                ? List.of(counts + similar)
                : Stream.of(
                                counts + similar,
                                "split: not evaluated, because too few images or scenes have them: "
                                        + String.join(", ", onlyTraining))
                        .toList();
    }
}
