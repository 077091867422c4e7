package tandem.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads a folder in Pascal VOC layout: {@code JPEGImages} (jpg, jpeg, png, bmp), {@code Annotations/*.xml},
 * {@code SegmentationClass/*.png}, {@code ImageSets/.../NAME.txt}. Classes come from {@code classes.txt}, one per line;
 * without it they are the 20 VOC names if every name in the annotations is one of these, else the names found, sorted.
 * {@code box-classes.txt} and {@code mask-classes.txt} give the two lists when they differ.
 */
public final class VocReader implements DataReader {

    /** The classes of Pascal VOC, in the order of their mask values. */
    public static final List<String> VOC_CLASSES = List.of(
            "aeroplane",
            "bicycle",
            "bird",
            "boat",
            "bottle",
            "bus",
            "car",
            "cat",
            "chair",
            "cow",
            "diningtable",
            "dog",
            "horse",
            "motorbike",
            "person",
            "pottedplant",
            "sheep",
            "sofa",
            "train",
            "tvmonitor");

    private static final String ABSENT = "JPEGImages has no such " + ImageEndings.TEXT;

    private final Path root;
    private final Map<String, Path> images;
    private final List<String> boxClasses;
    private final List<String> maskClasses;

    /** How masks are read; null for indices of the classes in use, where no file names the classes of the data. */
    private final MaskValues values;

    private VocReader(
            Path root, Map<String, Path> images, List<String> boxClasses, List<String> maskClasses, MaskValues values) {
        this.values = values;
        this.root = root;
        this.images = images;
        this.boxClasses = boxClasses;
        this.maskClasses = maskClasses;
    }

    /**
     * Opens a folder and reads its classes.
     *
     * @throws DataException when it is not in VOC layout
     */
    public static VocReader open(Path root) {
        return open(root, ReadingOptions.DEFAULT);
    }

    /** The same, with a threshold for masks or the name of their class. */
    static VocReader open(Path root, ReadingOptions options) {
        Map<String, Path> images = images(root);
        Optional<LabelMap> map = LabelMap.of(root);
        Optional<List<String>> shared = ClassNames.read(root.resolve("classes.txt"))
                .or(() -> map.map(LabelMap::names))
                .or(() -> ClassNames.read(root.resolve("class_names.txt")))
                .map(ClassNames::withoutBackground);
        Optional<List<String>> ofMasks = ClassNames.read(root.resolve("mask-classes.txt"))
                .map(ClassNames::withoutBackground)
                .or(() -> shared);
        List<String> names = shared.orElseGet(() -> ClassNames.find(root.resolve("Annotations")));
        List<String> maskClasses = ofMasks.orElse(names);
        return new VocReader(
                root,
                images,
                ClassNames.read(root.resolve("box-classes.txt")).orElse(names),
                maskClasses,
                values(root, maskClasses, ofMasks.isPresent(), options));
    }

    private static MaskValues values(Path root, List<String> classes, boolean named, ReadingOptions options) {
        if (options.threshold().isEmpty()) {
            if (options.foreground().isPresent()) {
                throw new DataException(
                        root,
                        "has masks of class indices, so --mask-class has no effect",
                        "give --mask-threshold too, or leave it out");
            }
            return named ? new MaskValues.Indices(classes) : null;
        }
        String name = options.foreground().orElse(classes.size() == 1 ? classes.get(0) : "");
        if (!classes.contains(name)) {
            throw new DataException(
                    root,
                    "has the classes " + classes + ", of which masks with a threshold have one",
                    "name it with --mask-class");
        }
        return new MaskValues.Threshold(classes, options.threshold().get(), classes.indexOf(name) + 1);
    }

    @Override
    public VocReader withClasses(List<String> boxClasses, List<String> maskClasses) {
        return new VocReader(root, images, List.copyOf(boxClasses), List.copyOf(maskClasses), values);
    }

    @Override
    public List<String> boxClasses() {
        return boxClasses;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public List<String> maskClasses() {
        return maskClasses;
    }

    @Override
    public List<String> lists() {
        return ImageList.names(root);
    }

    @Override
    public List<String> images(String list, BadFiles bad) {
        ImageList read = ImageList.read(ImageList.file(root, list), this::find, ABSENT);
        bad.found(read.absent());
        return List.copyOf(read.lines().keySet());
    }

    @Override
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        List<ListedImages.Part> parts = new ArrayList<>();
        if (lists.isEverything()) {
            parts.add(new ListedImages.Part(
                    "every image", Annotation.BOTH, List.copyOf(images.keySet()), root.resolve("JPEGImages")));
        }
        lists.each((list, uses) ->
                parts.add(new ListedImages.Part(list, uses, images(list, bad), ImageList.file(root, list))));
        SampleReader reader = new SampleReader(root, boxClasses, maskClasses, values, bad.decodes());
        DataSet data = new ListedImages(parts)
                .read(name, boxClasses, maskClasses, bad, (id, wanted) -> reader.read(id, images.get(id), wanted));
        requireClassesInMasks(data);
        return data;
    }

    /** Masks of which none has a class but one has ignored pixels are black and white: 255 means white there. */
    private void requireClassesInMasks(DataSet data) {
        List<ClassMask> masks = data.samples().stream()
                .flatMap(sample -> sample.mask().stream())
                .toList();
        boolean white = masks.stream().anyMatch(mask -> mask.ignored() > 0);
        if (white && masks.stream().allMatch(mask -> mask.foreground() == 0)) {
            throw new DataException(
                    root.resolve("SegmentationClass"),
                    "has only masks of the values 0 and 255, which mean background and ignored, so no pixel has a class;"
                            + " they are probably black and white",
                    "give --mask-threshold 128" + (maskClasses.size() > 1 ? " and --mask-class NAME" : ""));
        }
    }

    /** The name of an image without its extension, or null when there is no such image. */
    private String find(String name) {
        if (images.containsKey(name)) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        Path image = dot > 0 ? images.get(name.substring(0, dot)) : null;
        return image != null && image.getFileName().toString().equals(name) ? name.substring(0, dot) : null;
    }

    private static Map<String, Path> images(Path root) {
        Path folder = root.resolve("JPEGImages");
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    root,
                    "has no folder JPEGImages, expected a data set in VOC layout",
                    "give the folder that contains JPEGImages");
        }
        Map<String, Path> images = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (ImageEndings.isRead(name)) {
                    Path other = images.put(DataFolder.stem(name), file);
                    if (other != null) {
                        throw new DataException(
                                file,
                                "has the same name as " + other.getFileName()
                                        + " except for the extension, so names in lists are ambiguous",
                                "rename or remove one");
                    }
                }
            }
        } catch (IOException e) {
            throw new DataException(
                    folder, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        if (images.isEmpty()) {
            throw new DataException(folder, "contains no " + ImageEndings.TEXT, "add the images");
        }
        return images;
    }
}
