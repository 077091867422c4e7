package tandem.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Several folders in VOC layout in one folder, such as {@code VOC2007} and {@code VOC2012} are in VOC's development
 * kit. A list is read from every folder that contains it, in the order of their names ({@code MXEdet/train}), or in one
 * ({@code VOC2012/MXEdet/val}).
 */
final class VocCollection implements DataReader {

    private final Path root;
    private final Map<String, VocReader> readers;

    private VocCollection(Path root, Map<String, VocReader> readers) {
        this.root = root;
        this.readers = readers;
    }

    /** Folders below that are in VOC layout, sorted. */
    static List<Path> folders(Path root) {
        try (Stream<Path> below = Files.isDirectory(root) ? Files.list(root) : Stream.empty()) {
            return below.filter(folder -> Files.isDirectory(folder.resolve("JPEGImages")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(
                    root, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
    }

    static VocCollection open(Path root, List<Path> folders, ReadingOptions options) {
        Map<String, VocReader> readers = new LinkedHashMap<>();
        folders.forEach(
                folder -> readers.put(folder.getFileName().toString(), VocReader.open(VocFiles.of(folder), options)));
        Set<String> boxes = new LinkedHashSet<>();
        Set<String> masks = new LinkedHashSet<>();
        for (VocReader reader : readers.values()) {
            boxes.addAll(reader.boxClasses());
            masks.addAll(reader.maskClasses());
            if (!reader.maskClasses().equals(List.copyOf(masks))) {
                throw new DataException(
                        reader.root(),
                        "numbers its mask classes " + reader.maskClasses() + ", but a folder beside it "
                                + List.copyOf(masks),
                        "give both the same classes.txt, or train on one of them");
            }
        }
        return new VocCollection(root, readers).withClasses(List.copyOf(boxes), List.copyOf(masks));
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public List<String> boxClasses() {
        return readers.values().iterator().next().boxClasses();
    }

    @Override
    public List<String> maskClasses() {
        return readers.values().iterator().next().maskClasses();
    }

    @Override
    public VocCollection withClasses(List<String> boxClasses, List<String> maskClasses) {
        Map<String, VocReader> others = new LinkedHashMap<>();
        readers.forEach((folder, reader) -> others.put(folder, reader.withClasses(boxClasses, maskClasses)));
        return new VocCollection(root, others);
    }

    @Override
    public List<String> lists() {
        Set<String> names = new LinkedHashSet<>();
        readers.forEach((folder, reader) -> {
            names.addAll(reader.lists());
            reader.lists().forEach(list -> names.add(folder + "/" + list));
        });
        return names.stream().sorted().toList();
    }

    @Override
    public List<String> images(String list, BadFiles bad) {
        requireList(list);
        List<String> images = new ArrayList<>();
        readers.forEach((folder, reader) -> {
            String own = within(list, folder, reader);
            if (own != null) {
                images.addAll(reader.images(own, bad));
            }
        });
        return images;
    }

    private void requireList(String list) {
        if (readers.entrySet().stream().noneMatch(entry -> within(list, entry.getKey(), entry.getValue()) != null)) {
            throw new DataException(
                    root,
                    "has no list " + list + " in any of " + readers.keySet(),
                    "use one of the existing lists: "
                            + lists().stream().limit(20).toList());
        }
    }

    @Override
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        lists.each((list, uses) -> requireList(list));
        List<Sample> samples = new ArrayList<>();
        Map<String, DataSet.Source> sources = new LinkedHashMap<>();
        Map<String, Path> seen = new LinkedHashMap<>();
        readers.forEach((folder, reader) -> {
            ImageLists own = new ImageLists(
                    within(lists.boxes(), folder, reader),
                    within(lists.masks(), folder, reader),
                    within(lists.full(), folder, reader));
            if (!own.isEverything() || lists.isEverything()) {
                DataSet part = reader.read(name, own, bad);
                for (Sample sample : part.samples()) {
                    Path other = seen.put(sample.id(), sample.image());
                    if (other != null) {
                        throw new DataException(
                                sample.image(),
                                "has the same name as " + other + ", so names in lists are ambiguous",
                                "rename one");
                    }
                }
                for (DataSet.Source source : part.sources()) {
                    List<Integer> moved = source.samples().stream()
                            .map(index -> index + samples.size())
                            .toList();
                    sources.merge(
                            source.uses() + " " + source.name(),
                            new DataSet.Source(source.name(), source.uses(), moved),
                            VocCollection::together);
                }
                samples.addAll(part.samples());
            }
        });
        return new DataSet(name, boxClasses(), maskClasses(), samples, List.copyOf(sources.values()));
    }

    private static DataSet.Source together(DataSet.Source a, DataSet.Source b) {
        return new DataSet.Source(
                a.name(),
                a.uses(),
                Stream.concat(a.samples().stream(), b.samples().stream()).toList());
    }

    private List<String> within(List<String> lists, String folder, VocReader reader) {
        return lists.stream()
                .map(list -> within(list, folder, reader))
                .filter(list -> list != null)
                .toList();
    }

    /** The list's name within a folder, or null when the folder has no such list. */
    private String within(String list, String folder, VocReader reader) {
        if (Files.isRegularFile(Path.of(list))
                && StreamSupport.stream(Path.of(list).spliterator(), false)
                        .map(Path::toString)
                        .anyMatch(name -> readers.containsKey(name) && !name.equals(folder))) {
            return null; // the path of a list of another year
        }
        String own = list.startsWith(folder + "/") ? list.substring(folder.length() + 1) : list;
        return ImageList.exists(reader.root(), own) ? own : null;
    }
}
