package tandem.model.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;

/**
 * A data set with its lists, to be written in another layout.
 *
 * <p>The layouts differ. VOC has class masks, so COCO's object outlines are merged, and crowds become difficult boxes
 * and ignored pixels. COCO has no class masks, so each class of an image becomes one region, in a file with
 * {@code info.annotates} set to {@code masks}; ignored pixels become a crowd, difficult boxes get {@code ignore}.
 * YOLO's labels hold boxes only, of the images that are annotated with boxes, and the lists of the splits. VOC's pose,
 * truncation and parts, and COCO's annotation ids, keypoints and captions are lost.
 *
 * @param data the images with their annotations
 * @param lists names of the lists and the images of each
 */
public record LayoutConversion(DataSet data, Map<String, List<String>> lists) {

    /** A layout to write. */
    public enum Layout {
        /** Pascal VOC. */
        VOC,
        /** COCO. */
        COCO,
        /** YOLO, boxes only. */
        YOLO
    }

    /**
     * Reads the data set.
     *
     * @param lists the selected images and which annotation of each; empty for all images and all lists
     */
    public static LayoutConversion read(DataReader reader, ImageLists lists, BadFiles bad) {
        DataSet data = reader.read("data", lists, bad);
        Map<String, List<String>> named = new LinkedHashMap<>();
        if (lists.isEverything()) {
            Set<String> there = new HashSet<>();
            data.samples().forEach(sample -> there.add(sample.id()));
            for (String list : reader.lists()) {
                named.put(
                        list,
                        reader.images(list, bad).stream()
                                .filter(there::contains)
                                .toList());
            }
        } else {
            data.sources()
                    .forEach(source -> named.put(
                            source.name(),
                            source.samples().stream()
                                    .map(index -> data.samples().get(index).id())
                                    .toList()));
        }
        return new LayoutConversion(data, named);
    }

    /**
     * Writes everything into an empty or absent folder.
     *
     * @param link whether images become hard links instead of copies
     * @param progress receives the number of images done
     * @throws IOException when the folder is not empty, or cannot be written
     */
    public void write(Layout layout, Path target, boolean link, IntConsumer progress) throws IOException {
        if (Files.exists(target)) {
            try (Stream<Path> inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new IOException(
                            target + ": is not empty; give a new folder, so that no existing file is overwritten");
                }
            }
        }
        Map<String, String> names = names();
        switch (layout) {
            case VOC -> new VocLayoutWriter(target, names, link).write(data, progress);
            case COCO -> new CocoLayoutWriter(target, names, link).write(data, progress);
            case YOLO -> {
                new YoloLayoutWriter(target, names, link).write(data, lists, progress);
                return; // with lists of its own
            }
        }
        for (Map.Entry<String, List<String>> list : lists.entrySet()) {
            if (list.getValue().isEmpty()) {
                continue; // a list without images cannot be read again
            }
            Path file = target.resolve("ImageSets").resolve(listName(list.getKey()) + ".txt");
            Files.createDirectories(file.getParent());
            Files.write(file, list.getValue().stream().map(names::get).toList());
        }
    }

    /**
     * Below {@code ImageSets} a list keeps its name; an instances file becomes a list in {@code Main}, or if that name
     * exists, in {@code Instances}.
     */
    private String listName(String list) {
        if (list.contains("/") && !Path.of(list).isAbsolute() && !list.contains("..") && !list.endsWith(".json")) {
            return list.replaceFirst("\\.txt$", "");
        }
        String name = Path.of(list)
                .getFileName()
                .toString()
                .replaceFirst("\\.(txt|json)$", "")
                .replaceFirst("^instances_", "");
        return (lists.containsKey("Main/" + name) ? "Instances/" : "Main/") + name;
    }

    /** Names without folders: the file name where it is unique, else the path with underscores. */
    private Map<String, String> names() {
        Map<String, Integer> bare = new HashMap<>();
        data.samples().forEach(sample -> bare.merge(bare(sample.id()), 1, Integer::sum));
        Map<String, String> names = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        for (Sample sample : data.samples()) {
            String name = bare.get(bare(sample.id())) == 1
                    ? bare(sample.id())
                    : sample.id().replace('/', '_');
            while (!taken.add(name)) {
                name += "_";
            }
            names.put(sample.id(), name);
        }
        return names;
    }

    private static String bare(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** Copies or links an image file and returns its new name. */
    static String place(Sample sample, String name, Path folder, boolean link) throws IOException {
        String old = sample.image().getFileName().toString();
        String fileName = name + old.substring(old.lastIndexOf('.'));
        Path target = folder.resolve(fileName);
        if (link) {
            Files.createLink(target, sample.image().toRealPath());
        } else {
            Files.copy(sample.image(), target);
        }
        return fileName;
    }
}
