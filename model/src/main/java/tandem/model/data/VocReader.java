package tandem.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads a folder in Pascal VOC layout: {@code JPEGImages} (jpg, jpeg, png, bmp), {@code Annotations/*.xml},
 * {@code SegmentationClass/*.png}, {@code ImageSets/.../NAME.txt}. Classes come from {@code classes.txt}, one a line; without
 * it they are the 20 VOC names if every name in the annotations is one of these, else the names found, sorted.
 * {@code box-classes.txt} and {@code mask-classes.txt} give the two lists when they differ.
 */
public final class VocReader {

    /** The classes of Pascal VOC, in the order of their mask values. */
    public static final List<String> VOC_CLASSES = List.of("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
            "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor");

    private static final List<String> ENDINGS = List.of("jpg", "jpeg", "png", "bmp");

    private final Path root;
    private final Map<String, Path> images;
    private final List<String> boxClasses;
    private final List<String> maskClasses;

    private VocReader(Path root, Map<String, Path> images, List<String> boxClasses, List<String> maskClasses) {
        this.root = root;
        this.images = images;
        this.boxClasses = boxClasses;
        this.maskClasses = maskClasses;
    }

    /**
     * Looks at a folder and finds its classes.
     *
     * @throws DataException when it is not in VOC layout
     */
    public static VocReader open(Path root) {
        Map<String, Path> images = images(root);
        Optional<List<String>> shared = ClassNames.read(root.resolve("classes.txt"));
        List<String> names = shared.isPresent() ? shared.get() : ClassNames.find(root.resolve("Annotations"));
        return new VocReader(root, images, ClassNames.read(root.resolve("box-classes.txt")).orElse(names),
                ClassNames.read(root.resolve("mask-classes.txt")).orElse(names));
    }

    /** The same folder with other classes, such as those a trained network knows. */
    public VocReader withClasses(List<String> boxClasses, List<String> maskClasses) {
        return new VocReader(root, images, List.copyOf(boxClasses), List.copyOf(maskClasses));
    }

    /** Names of the box classes. */
    public List<String> boxClasses() {
        return boxClasses;
    }

    /** Names of the mask classes, without background. */
    public List<String> maskClasses() {
        return maskClasses;
    }

    /**
     * Reads the annotations and the headers of all listed images, on all cores. When bad files are to be skipped every picture
     * is decoded as well, so that none turns out bad later.
     *
     * @param name what to call the result
     * @throws DataException for the first bad file, unless {@code bad} skips them; and for a list in which no image is left
     */
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        record Listed(String name, Annotation uses, Map<String, Integer> ids) {}
        List<Listed> listed = new ArrayList<>();
        if (lists.isEverything()) {
            Map<String, Integer> all = new LinkedHashMap<>();
            images.keySet().forEach(id -> all.put(id, all.size() + 1));
            listed.add(new Listed("every image", Annotation.BOTH, all));
        }
        Map<Annotation, List<String>> named = new LinkedHashMap<>();
        named.put(Annotation.BOXES, lists.boxes());
        named.put(Annotation.MASK, lists.masks());
        named.put(Annotation.BOTH, lists.full());
        named.forEach((uses, names) -> names.forEach(list -> {
            ImageList read = ImageList.read(listFile(list), images);
            bad.found(read.absent());
            listed.add(new Listed(list, uses, read.lines()));
        }));

        Map<String, SampleReader.Wanted> wanted = new LinkedHashMap<>();
        for (Listed list : listed) {
            for (String id : list.ids.keySet()) {
                wanted.merge(id, SampleReader.Wanted.of(list.uses), SampleReader.Wanted::and);
            }
        }
        SampleReader reader = new SampleReader(root, boxClasses, maskClasses, bad.skips());
        List<SampleReader.Result> results = wanted.entrySet().stream().parallel()
                .map(entry -> reader.read(entry.getKey(), images.get(entry.getKey()), entry.getValue()))
                .toList();
        bad.found(results.stream().filter(result -> result.bad() != null).map(SampleReader.Result::bad).toList());

        List<Sample> samples = new ArrayList<>();
        Map<String, Integer> index = new LinkedHashMap<>();
        for (SampleReader.Result result : results) {
            if (result.bad() == null) {
                index.put(result.sample().id(), samples.size());
                samples.add(result.sample());
            }
        }
        List<DataSet.Source> sources = new ArrayList<>();
        for (Listed list : listed) {
            List<Integer> members = list.ids.keySet().stream().filter(index::containsKey).map(index::get).toList();
            if (members.isEmpty()) {
                throw new DataException(lists.isEverything() ? root.resolve("JPEGImages") : listFile(list.name),
                        "has no usable image left, as each of its files is absent or bad", "see the files skipped, and mend them");
            }
            sources.add(new DataSet.Source(list.name, list.uses, members));
        }
        return new DataSet(name, boxClasses, maskClasses, samples, sources);
    }

    private Path listFile(String list) {
        Path sets = root.resolve("ImageSets");
        for (Path candidate : List.of(sets.resolve(list + ".txt"), sets.resolve(list), Path.of(list))) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        String there;
        try (Stream<Path> files = Files.isDirectory(sets) ? Files.walk(sets) : Stream.empty()) {
            there = files.filter(file -> file.toString().endsWith(".txt"))
                    .map(file -> sets.relativize(file).toString().replace(".txt", "").replace('\\', '/')).sorted().limit(20).toList().toString();
        } catch (IOException e) {
            there = "nothing readable";
        }
        throw new DataException(sets.resolve(list + ".txt"), "does not exist, expected a list of image names", "name one of the lists there are: " + there);
    }

    private static Map<String, Path> images(Path root) {
        Path folder = root.resolve("JPEGImages");
        if (!Files.isDirectory(folder)) {
            throw new DataException(root, "has no folder JPEGImages, expected a data set in VOC layout", "name the folder that holds JPEGImages");
        }
        Map<String, Path> images = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                int dot = name.lastIndexOf('.');
                if (dot > 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
                    Path other = images.put(name.substring(0, dot), file);
                    if (other != null) {
                        throw new DataException(file, "has the same name as " + other.getFileName() + " but for the ending, so lists cannot tell them apart",
                                "rename or remove one");
                    }
                }
            }
        } catch (IOException e) {
            throw new DataException(folder, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        if (images.isEmpty()) {
            throw new DataException(folder, "holds no .jpg, .jpeg, .png or .bmp", "add the images");
        }
        return images;
    }
}
