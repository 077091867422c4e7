package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads images that each have annotation files of their own, such as YOLO's labels or a mask. An image is named by its
 * path below the folder, without ending. Lists are those of the layout, splits in the names of folders ({@code train/},
 * {@code images/val/}), and text files of image names: {@code train.txt} and the like in the folder, and any below
 * {@code ImageSets}.
 */
final class FolderReader implements DataReader {

    /** An image and its annotation. */
    record Item(Path image, ImageAnnotation annotation) {}

    /**
     * What a layout found.
     *
     * @param items the images by name, sorted
     * @param lists names of the images of each list
     * @param note addition to the line that names the layout; may be empty
     * @param faults files that cannot be used, reported when data is read
     * @param unused files that are not used, which are counted when data is read
     * @param limit of the images
     */
    record Content(
            Map<String, Item> items,
            Map<String, List<String>> lists,
            String note,
            List<DataException> faults,
            UnusedFiles unused,
            PixelLimit limit) {}

    private static final String ABSENT = "there is no image with that name or path, or more than one";

    private final Path root;
    private final List<String> boxClasses;
    private final List<String> maskClasses;
    private final Content content;
    /** Image by any name that a list may use; empty for an ambiguous name. */
    private final Map<String, String> names = new HashMap<>();

    FolderReader(Path root, List<String> boxClasses, List<String> maskClasses, Content content) {
        this.root = root;
        this.boxClasses = List.copyOf(boxClasses);
        this.maskClasses = List.copyOf(maskClasses);
        this.content = content;
        content.items.forEach((id, item) -> {
            String file = FileNames.composed(CocoLayout.slashes(item.image.toString()));
            for (String alias : List.of(DataFolder.bare(id), DataFolder.bare(file))) {
                names.merge(alias, id, (a, b) -> a.equals(b) ? a : "");
            }
            names.put(id + "." + DataFolder.ending(file), id);
            names.put(file, id);
            names.put(id, id);
        });
    }

    /**
     * Names images by their paths below the root without ending.
     *
     * @throws DataException when two differ only in their ending
     */
    static Map<String, Item> items(DataFolder folder, List<String> images, Map<String, ImageAnnotation> annotations) {
        Map<String, Item> items = new TreeMap<>();
        for (String image : images) {
            Item other = items.put(
                    DataFolder.stem(image),
                    new Item(folder.resolve(image), annotations.getOrDefault(image, ImageAnnotation.NONE)));
            if (other != null) {
                throw new DataException(
                        folder.resolve(image),
                        "has the same name as " + other.image.getFileName()
                                + " except for the extension, so names in lists are ambiguous",
                        "rename or remove one");
            }
        }
        return items;
    }

    /** The images of each split that is the name of a folder. */
    static Map<String, List<String>> splits(Map<String, Item> items) {
        Map<String, List<String>> splits = new TreeMap<>();
        for (String id : items.keySet()) {
            String split = PathParts.of(id + ".x").split();
            if (!split.isEmpty()) {
                splits.computeIfAbsent(split, key -> new ArrayList<>()).add(id);
            }
        }
        return splits;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public List<String> boxClasses() {
        return boxClasses;
    }

    @Override
    public List<String> maskClasses() {
        return maskClasses;
    }

    @Override
    public FolderReader withClasses(List<String> boxClasses, List<String> maskClasses) {
        return new FolderReader(root, boxClasses, maskClasses, content);
    }

    @Override
    public String note() {
        return content.note;
    }

    @Override
    public List<String> lists() {
        List<String> lists = new ArrayList<>(content.lists.keySet());
        for (String name : List.of("train", "val", "valid", "validation", "test")) {
            if (!content.lists.containsKey(name) && Files.isRegularFile(root.resolve(name + ".txt"))) {
                lists.add(name);
            }
        }
        lists.addAll(ImageList.names(root));
        return lists.stream().distinct().sorted().toList();
    }

    @Override
    public List<String> images(String list, BadFiles bad) {
        List<String> own = content.lists.get(list);
        if (own != null) {
            return own;
        }
        ImageList read = ImageList.read(file(list), this::find, ABSENT);
        bad.found(read.absent());
        return List.copyOf(read.lines().keySet());
    }

    private Path file(String list) {
        Path here = root.resolve(list + ".txt");
        if (Files.isRegularFile(here)) {
            return here;
        }
        if (!ImageList.exists(root, list)) {
            throw new DataException(
                    root,
                    "has no list '" + list + "'",
                    lists().isEmpty()
                            ? "write a text file of image names and give its path"
                            : "use one of the existing lists: "
                                    + lists().stream().limit(20).toList());
        }
        return ImageList.file(root, list);
    }

    /** The image for a name, file name or path, of which leading folders may differ; null for none. */
    private String find(String name) {
        String rest = FileNames.composed(CocoLayout.slashes(name));
        while (true) {
            String id = names.getOrDefault(rest, names.getOrDefault(FileNames.folded(rest), ""));
            if (!id.isEmpty()) {
                return id;
            }
            int slash = rest.indexOf('/');
            if (slash < 0) {
                return null;
            }
            rest = rest.substring(slash + 1);
        }
    }

    @Override
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        bad.found(content.faults);
        content.unused.report(bad);
        List<ListedImages.Part> parts = new ArrayList<>();
        if (lists.isEverything()) {
            parts.add(new ListedImages.Part("every image", Annotation.BOTH, List.copyOf(content.items.keySet()), root));
        }
        lists.each((list, uses) -> parts.add(new ListedImages.Part(
                list, uses, images(list, bad), content.lists.containsKey(list) ? root : file(list))));
        return new ListedImages(parts).read(name, boxClasses, maskClasses, bad, (id, wanted) -> read(id, wanted, bad));
    }

    private SampleReader.Result read(String id, SampleReader.Wanted wanted, BadFiles bad) {
        Item item = content.items.get(id);
        try {
            ImageHeader header = SampleReader.header(item.image, bad.decodes(), content.limit);
            ImageAnnotation.Content read =
                    item.annotation.read(header, new ImageAnnotation.Context(boxClasses, maskClasses, wanted, bad));
            require(item, "boxes", wanted.boxes(), read.boxes().isPresent());
            require(item, "mask", wanted.mask(), read.mask().isPresent());
            return new SampleReader.Result(
                    new Sample(
                            id,
                            item.image,
                            header.width(),
                            header.height(),
                            read.boxes().filter(boxes -> wanted.boxes() != SampleReader.Need.NO),
                            read.mask().filter(mask -> wanted.mask() != SampleReader.Need.NO)),
                    null);
        } catch (DataException e) {
            return new SampleReader.Result(null, e);
        }
    }

    private static void require(Item item, String what, SampleReader.Need need, boolean present) {
        if (need == SampleReader.Need.YES && !present) {
            throw new DataException(
                    item.image, "is not annotated with " + what, "annotate it, or leave it out of the list");
        }
    }

    /** A note that lists the splits. */
    static String note(Map<String, List<String>> lists) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        lists.forEach((list, images) -> counts.put(list, images.size()));
        return counts.isEmpty()
                ? ""
                : "lists " + counts.toString().replaceAll("[{}]", "").replace('=', ' ');
    }
}
