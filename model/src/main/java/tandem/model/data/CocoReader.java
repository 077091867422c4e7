package tandem.model.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.model.coco.CocoFile;

/**
 * Reads data in COCO layout. A list is an instances file ({@code train2017} for
 * {@code annotations/instances_train2017.json}) or a text file of image names, paths or ids below {@code ImageSets} or
 * {@code subsets}. Classes are the categories in the order of their ids, which may have gaps; {@code classes.txt},
 * {@code box-classes.txt} and {@code mask-classes.txt} override them.
 *
 * <p>Outlines become class masks: small objects cover large ones, later ones cover earlier ones of the same size; crowd
 * pixels without an object are ignored. Crowd boxes and annotations marked {@code ignore} become difficult boxes. An
 * image that a file lists without annotations is annotated as empty.
 */
public final class CocoReader implements DataReader {

    private final CocoLayout layout;
    private final List<String> boxClasses;
    private final List<String> maskClasses;
    /** The annotations that each file contributes, set by the user or by the file. */
    private final Map<Path, Annotation> provides;

    private final CocoImages images;
    private final PixelLimit limit;

    private CocoReader(
            CocoLayout layout,
            List<String> boxClasses,
            List<String> maskClasses,
            Map<Path, Annotation> provides,
            CocoImages images,
            PixelLimit limit,
            String note) {
        this.limit = limit;
        this.note = note;
        this.layout = layout;
        this.boxClasses = boxClasses;
        this.maskClasses = maskClasses;
        this.provides = provides;
        this.images = images;
    }

    /** Categories that were left out, for the user; empty for none. */
    private final String note;

    static CocoReader open(DataFolder data, ReadingOptions options) {
        CocoSources sources = options.sources();
        CocoLayout layout = CocoLayout.find(data);
        Map<Path, Annotation> provides = new LinkedHashMap<>();
        if (sources.equals(CocoSources.ANY)) {
            layout.files().forEach(file -> provides.put(file, null));
        } else {
            sources.boxes().forEach(name -> provides.put(named(layout, name), Annotation.BOXES));
            sources.masks()
                    .forEach(name -> provides.merge(
                            named(layout, name), Annotation.MASK, (a, b) -> a == b ? a : Annotation.BOTH));
        }
        Set<String> boxes = new LinkedHashSet<>();
        Set<String> masks = new LinkedHashSet<>();
        Set<String> parents = unusedParents(provides.keySet());
        Set<String> repeated = new TreeSet<>();
        for (Path file : provides.keySet()) {
            try {
                CocoFile head = CocoFile.head(file);
                if (provides.get(file) == null) {
                    provides.put(file, declared(head));
                }
                List<String> names = head.categories().stream()
                        .filter(category -> !parents.contains(category.name()))
                        .sorted(Comparator.comparingLong(CocoFile.Category::id))
                        .map(CocoFile.Category::name)
                        .toList();
                if (names.isEmpty()) {
                    throw new DataException(file, "has no categories", "add them");
                }
                names.stream()
                        .filter(name -> names.indexOf(name) < names.lastIndexOf(name))
                        .forEach(repeated::add);
                if (provides.get(file) != Annotation.MASK) {
                    boxes.addAll(names);
                }
                if (provides.get(file) != Annotation.BOXES) {
                    masks.addAll(names);
                }
            } catch (IOException e) {
                throw CocoImages.unreadable(file, e);
            }
        }
        List<String> shared =
                ClassNames.read(layout.root().resolve("classes.txt")).orElse(null);
        List<String> boxClasses = ClassNames.read(layout.root().resolve("box-classes.txt"))
                .orElse(shared != null ? shared : List.copyOf(boxes));
        List<String> maskClasses = ClassNames.read(layout.root().resolve("mask-classes.txt"))
                .orElse(shared != null ? shared : List.copyOf(masks));
        if (maskClasses.size() > 254) {
            throw new DataException(
                    layout.files().get(0),
                    "has " + maskClasses.size() + " categories, expected at most 254, as masks have one byte a pixel",
                    "write the selected classes to mask-classes.txt");
        }
        List<String> notes = new ArrayList<>();
        if (!parents.isEmpty()) {
            notes.add("left out categories without objects that are the supercategory of others: "
                    + String.join(", ", parents));
        }
        if (!repeated.isEmpty()) {
            notes.add("categories with the same name were united: " + String.join(", ", repeated));
        }
        return new CocoReader(
                layout,
                boxClasses,
                maskClasses,
                provides,
                new CocoImages(layout, options.crowds()),
                options.limit(),
                String.join("; ", notes));
    }

    /**
     * Categories that are the supercategory of others and have no object in any file, sorted: Roboflow's exports have
     * the project as category 0.
     */
    private static Set<String> unusedParents(Set<Path> files) {
        Set<String> parents = new TreeSet<>();
        Path current = null;
        try {
            for (Path file : files) {
                current = file;
                List<CocoFile.Category> all = CocoFile.head(file).categories();
                Set<String> names = all.stream().map(CocoFile.Category::name).collect(Collectors.toSet());
                all.stream()
                        .filter(category -> !category.name().equals(category.parent()))
                        .map(CocoFile.Category::parent)
                        .filter(names::contains)
                        .forEach(parents::add);
            }
            for (Path file : parents.isEmpty() ? Set.<Path>of() : files) {
                current = file;
                parents.removeAll(CocoFile.usedCategories(file));
            }
        } catch (IOException e) {
            throw CocoImages.unreadable(current, e);
        }
        return parents;
    }

    private static Path named(CocoLayout layout, String name) {
        Path file = layout.file(name);
        if (file == null) {
            throw new DataException(
                    layout.root().resolve("annotations").resolve(name + ".json"),
                    "does not exist, expected an instances file",
                    "use one of the existing lists: "
                            + layout.files().stream().map(CocoLayout::name).toList());
        }
        return file;
    }

    private static Annotation declared(CocoFile head) {
        return switch (head.annotates()) {
            case "boxes" -> Annotation.BOXES;
            case "masks" -> Annotation.MASK;
            default -> Annotation.BOTH;
        };
    }

    @Override
    public Path root() {
        return layout.root();
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
    public CocoReader withClasses(List<String> boxClasses, List<String> maskClasses) {
        return new CocoReader(layout, List.copyOf(boxClasses), List.copyOf(maskClasses), provides, images, limit, note);
    }

    @Override
    public String note() {
        return note;
    }

    @Override
    public List<String> lists() {
        return Stream.concat(layout.files().stream().map(CocoLayout::name), ImageList.names(layout.root()).stream())
                .sorted()
                .toList();
    }

    @Override
    public List<String> images(String list, BadFiles bad) {
        Path file = layout.file(list);
        if (file != null) {
            images.add(file, bad);
            return images.ids(file);
        }
        if (!ImageList.exists(layout.root(), list)) {
            throw new DataException(
                    layout.root(),
                    "has no list '" + list + "', neither an instances file nor a text file of image names",
                    "use one of the existing lists: "
                            + lists().stream().limit(20).toList());
        }
        provides.keySet().forEach(each -> images.add(each, bad));
        ImageList read = ImageList.read(
                ImageList.file(layout.root(), list),
                images::find,
                "no instances file lists it, or several images have that name or id");
        bad.found(read.absent());
        return List.copyOf(read.lines().keySet());
    }

    @Override
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        List<ListedImages.Part> parts = new ArrayList<>();
        Map<String, Set<Path>> boxFiles = new HashMap<>();
        Map<String, Set<Path>> maskFiles = new HashMap<>();
        UnusedFiles unused = UnusedFiles.in(layout.root())
                .with(UnusedFiles.UNREAD, layout.unread())
                .with(UnusedFiles.NOT_REGULAR, layout.irregular());
        if (lists.isEverything()) {
            provides.keySet().forEach(file -> images.add(file, bad));
            unused.with(UnusedFiles.NOT_LISTED, images.unlisted());
            add(
                    parts,
                    new ListedImages.Part("every image", Annotation.BOTH, images.ids(), layout.root()),
                    provides,
                    boxFiles,
                    maskFiles);
        }
        lists.each((list, uses) -> {
            Path file = layout.file(list);
            if (file == null) {
                add(
                        parts,
                        new ListedImages.Part(list, uses, images(list, bad), ImageList.file(layout.root(), list)),
                        provides,
                        boxFiles,
                        maskFiles);
            } else {
                Annotation content = uses == Annotation.BOTH ? provides.getOrDefault(file, Annotation.BOTH) : uses;
                add(
                        parts,
                        new ListedImages.Part(list, uses, images(list, bad), file),
                        Map.of(file, content),
                        boxFiles,
                        maskFiles);
            }
        });
        unused.report(bad);
        CocoSample reader = new CocoSample(boxClasses, maskClasses, bad);
        return new ListedImages(parts)
                .read(
                        name,
                        boxClasses,
                        maskClasses,
                        bad,
                        (id, wanted) -> reader.read(
                                images,
                                images.get(id),
                                boxFiles.getOrDefault(id, Set.of()),
                                maskFiles.getOrDefault(id, Set.of()),
                                wanted,
                                limit));
    }

    private static void add(
            List<ListedImages.Part> parts,
            ListedImages.Part part,
            Map<Path, Annotation> files,
            Map<String, Set<Path>> boxFiles,
            Map<String, Set<Path>> maskFiles) {
        parts.add(part);
        for (String id : part.ids()) {
            files.forEach((file, content) -> {
                if (part.uses() != Annotation.MASK && content != Annotation.MASK) {
                    boxFiles.computeIfAbsent(id, key -> new LinkedHashSet<>()).add(file);
                }
                if (part.uses() != Annotation.BOXES && content != Annotation.BOXES) {
                    maskFiles.computeIfAbsent(id, key -> new LinkedHashSet<>()).add(file);
                }
            });
        }
    }
}
