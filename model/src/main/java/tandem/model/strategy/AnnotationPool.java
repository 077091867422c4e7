package tandem.model.strategy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.distillation.Task;

/** The annotated images, from which smaller sets are sampled. */
public final class AnnotationPool {

    private final DataSet partial;
    private final Map<String, Sample> partialById;
    private final Map<String, Sample> fullById;

    /**
     * @param partial every image with the annotation that may be used
     * @param full the same images with all annotations, for the upper reference; null without it
     */
    public AnnotationPool(DataSet partial, DataSet full) {
        this.partial = partial;
        this.partialById = byId(partial);
        this.fullById = full == null ? Map.of() : byId(full);
    }

    private static Map<String, Sample> byId(DataSet data) {
        Map<String, Sample> map = new LinkedHashMap<>();
        data.samples().forEach(sample -> map.put(sample.id(), sample));
        return map;
    }

    /** Every image with the annotation that may be used. */
    public DataSet data() {
        return partial;
    }

    /** Names of the box classes. */
    public List<String> boxClasses() {
        return partial.boxClasses();
    }

    /** Names of the mask classes. */
    public List<String> maskClasses() {
        return partial.maskClasses();
    }

    /** Images annotated for a task. */
    public List<String> annotated(Task task) {
        return partial.samples().stream()
                .filter(sample -> (task == Task.DETECTION ? sample.boxes() : sample.mask()).isPresent())
                .map(Sample::id)
                .toList();
    }

    /**
     * Samples images at random. With one seed, a smaller number gives a subset of a larger one.
     *
     * @param boxes number of images annotated with boxes
     * @param masks number of images annotated with a mask
     */
    public AnnotationSubset draw(int boxes, int masks, long seed) {
        return new AnnotationSubset(draw(Task.DETECTION, boxes, seed), draw(Task.SEGMENTATION, masks, seed), false);
    }

    private List<String> draw(Task task, int count, long seed) {
        List<String> names = new ArrayList<>(annotated(task));
        if (count < 0 || count > names.size()) {
            throw new IllegalArgumentException(
                    count + " images annotated for " + task.word() + ": there are " + names.size());
        }
        Collections.sort(names);
        SplittableRandom random = new SplittableRandom(2 * seed + task.ordinal());
        for (int i = names.size() - 1; i > 0; i--) {
            Collections.swap(names, i, random.nextInt(i + 1));
        }
        Set<String> drawn = new HashSet<>(names.subList(0, count));
        return annotated(task).stream().filter(drawn::contains).toList();
    }

    /** Whether each of these images has boxes and a mask. */
    public boolean isFull(AnnotationSubset selection) {
        return samples(selection.everything()).stream()
                .allMatch(sample -> sample != null
                        && sample.boxes().isPresent()
                        && sample.mask().isPresent());
    }

    /** The images of a selection, in the order of the pool. */
    public DataSet select(AnnotationSubset selection) {
        return new DataSet("train", partial.boxClasses(), partial.maskClasses(), samples(selection));
    }

    private List<Sample> samples(AnnotationSubset selection) {
        Set<String> boxed = new HashSet<>(selection.boxes());
        Set<String> masked = new HashSet<>(selection.masks());
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : partialById.values()) {
            String id = sample.id();
            if (boxed.contains(id) || masked.contains(id)) {
                samples.add(
                        selection.full()
                                ? fullById.get(id)
                                : new Sample(
                                        id,
                                        sample.image(),
                                        sample.width(),
                                        sample.height(),
                                        boxed.contains(id) ? sample.boxes() : Optional.empty(),
                                        masked.contains(id) ? sample.mask() : Optional.empty()));
            }
        }
        return samples;
    }

    /** A hash of the images' names, sizes and annotation, to detect another data set. */
    public String digest(AnnotationSubset selection) {
        return digest(select(selection));
    }

    /** A hash of a data set's images, their names, sizes and annotation, 64 hexadecimal digits. */
    public static String digest(DataSet data) {
        StringBuilder text = new StringBuilder(data.boxClasses() + "\n" + data.maskClasses());
        for (Sample sample : data.samples()) {
            text.append('\n')
                    .append(sample.id())
                    .append(' ')
                    .append(sample.width())
                    .append(' ')
                    .append(sample.height())
                    .append(' ')
                    .append(sample.boxes())
                    .append(' ')
                    .append(sample.mask().map(mask -> mask.pixels().toString()));
        }
        return sha256(text.toString());
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
