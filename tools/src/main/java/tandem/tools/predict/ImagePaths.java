package tandem.tools.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import tandem.model.data.ImageEndings;
import tandem.tools.InputException;

/**
 * The image files that a command was given, folders replaced by the images in them.
 *
 * @param images in the order given, each once; within a folder by name
 * @param bases for each image the given folder in which it was found; an image that was given itself has none
 * @param others files in these folders that are no images, or in a format that is not read
 * @param folders folders in these folders, whose images are not used
 */
public record ImagePaths(List<Path> images, Map<Path, Path> bases, List<Path> others, List<Path> folders) {

    private static final int EXAMPLES = 3;

    /**
     * Lists folders.
     *
     * @param recursive whether folders in folders are searched, those that are links or hidden excepted
     * @param output folder of the results, which is not searched
     * @throws InputException when a folder contains no image
     */
    public static ImagePaths of(List<Path> inputs, boolean recursive, Path output) throws IOException {
        Set<Path> images = new LinkedHashSet<>();
        Map<Path, Path> bases = new HashMap<>();
        List<Path> others = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                ImagePaths found = new ImagePaths(new ArrayList<>(), Map.of(), new ArrayList<>(), new ArrayList<>());
                found.list(input, recursive, output.toAbsolutePath().normalize());
                if (found.images.isEmpty()) {
                    throw new InputException(input + ": contains no " + ImageEndings.TEXT
                            + (found.others.isEmpty() && found.folders.isEmpty() ? "" : ", but " + found.counts()));
                }
                found.images.forEach(image -> bases.putIfAbsent(image, input));
                images.addAll(found.images);
                others.addAll(found.others);
                folders.addAll(found.folders);
            } else if (Files.exists(input)) {
                images.add(input);
            } else {
                throw new NoSuchFileException(input.toString());
            }
        }
        return new ImagePaths(List.copyOf(images), Map.copyOf(bases), List.copyOf(others), List.copyOf(folders));
    }

    private void list(Path folder, boolean recursive, Path output) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (Files.isDirectory(file)) {
                if (recursive
                        && !Files.isSymbolicLink(file)
                        && !name.startsWith(".")
                        && !file.toAbsolutePath().normalize().equals(output)) {
                    list(file, true, output);
                } else {
                    folders.add(file);
                }
            } else {
                (Files.isRegularFile(file) && ImageEndings.isRead(name) ? images : others).add(file);
            }
        }
    }

    /** One line about what the folders contain beside images; empty when there is nothing. */
    public Optional<String> passedOver() {
        return others.isEmpty() && folders.isEmpty() ? Optional.empty() : Optional.of("passed over: " + counts());
    }

    private String counts() {
        List<String> parts = new ArrayList<>();
        if (!folders.isEmpty()) {
            parts.add(folders.size() + (folders.size() == 1 ? " folder" : " folders") + some(folders));
        }
        if (!others.isEmpty()) {
            parts.add(others.size() + (others.size() == 1 ? " file that is no image" : " files that are no images")
                    + " in a format that is read" + some(others));
        }
        return String.join(", ", parts);
    }

    private static String some(List<Path> files) {
        return " ("
                + String.join(
                        ", ",
                        files.stream()
                                .limit(EXAMPLES)
                                .map(file -> file.getFileName().toString())
                                .toList())
                + (files.size() > EXAMPLES ? ", ..." : "") + ")";
    }

    /**
     * A name for the results of each image, in order, all distinct also where upper and lower case are the same: its
     * file name without ending, after the folders between the given one and the image, as in {@code sub/0001}; where
     * several have that, with the name of the folder above, then with the ending, then with a number.
     */
    public List<String> names() {
        List<Function<Path, String>> forms = List.of(
                image -> stem(inside(image)),
                image -> folder(image) + stem(inside(image)),
                image -> folder(image) + inside(image).replace('.', '_'));
        Map<Path, String> chosen = new HashMap<>();
        Set<String> taken = new HashSet<>();
        List<Path> waiting = images;
        for (Function<Path, String> form : forms) {
            Map<String, Integer> counts = new HashMap<>();
            waiting.forEach(image -> counts.merge(key(form.apply(image)), 1, Integer::sum));
            List<Path> rest = new ArrayList<>();
            for (Path image : waiting) {
                String name = form.apply(image);
                if (counts.get(key(name)) == 1 && taken.add(key(name))) {
                    chosen.put(image, name);
                } else {
                    rest.add(image);
                }
            }
            waiting = rest;
        }
        for (Path image : waiting) {
            String name = forms.get(2).apply(image);
            int number = 1;
            while (!taken.add(key(name + "_" + number))) {
                number++;
            }
            chosen.put(image, name + "_" + number);
        }
        return images.stream().map(chosen::get).toList();
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The path below the given folder, with forward slashes; the file name of an image that was given itself. */
    private String inside(Path image) {
        Path base = bases.get(image);
        return (base == null ? image.getFileName() : base.relativize(image))
                .toString()
                .replace('\\', '/');
    }

    /** The name of the given folder, or of the folder of an image that was given itself. */
    private String folder(Path image) {
        Path base = bases.get(image);
        Path folder = base == null
                ? image.toAbsolutePath().normalize().getParent()
                : base.toAbsolutePath().normalize();
        return folder == null || folder.getFileName() == null ? "" : folder.getFileName() + "_";
    }

    private static String stem(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
    }
}
