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
 * @param others files in these folders that are no images, or in a format that is not read
 * @param folders folders in these folders, whose images are not used
 */
public record ImagePaths(List<Path> images, List<Path> others, List<Path> folders) {

    private static final int EXAMPLES = 3;

    /** @throws InputException when a folder contains no image */
    public static ImagePaths of(List<Path> inputs) throws IOException {
        Set<Path> images = new LinkedHashSet<>();
        List<Path> others = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                int before = images.size() + others.size() + folders.size();
                boolean found = false;
                try (Stream<Path> files = Files.list(input)) {
                    for (Path file : files.sorted().toList()) {
                        boolean image = Files.isRegularFile(file)
                                && ImageEndings.isRead(file.getFileName().toString());
                        found |= image;
                        if (image) {
                            images.add(file);
                        } else {
                            (Files.isDirectory(file) ? folders : others).add(file);
                        }
                    }
                }
                if (!found) {
                    throw new InputException(input + ": contains no " + ImageEndings.TEXT
                            + (before < others.size() + folders.size() + images.size()
                                    ? ", but " + counts(others, folders)
                                    : ""));
                }
            } else if (Files.exists(input)) {
                images.add(input);
            } else {
                throw new NoSuchFileException(input.toString());
            }
        }
        return new ImagePaths(List.copyOf(images), List.copyOf(others), List.copyOf(folders));
    }

    /** One line about what the folders contain beside images; empty when there is nothing. */
    public Optional<String> passedOver() {
        return others.isEmpty() && folders.isEmpty()
                ? Optional.empty()
                : Optional.of("passed over: " + counts(others, folders));
    }

    private static String counts(List<Path> others, List<Path> folders) {
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
     * file name without ending; where several have that, with its folder, then with its ending, then with a number.
     */
    public List<String> names() {
        List<Function<Path, String>> forms = List.of(
                ImagePaths::stem,
                image -> folder(image) + stem(image),
                image -> folder(image) + image.getFileName().toString().replace('.', '_'));
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

    private static String folder(Path image) {
        Path parent = image.toAbsolutePath().normalize().getParent();
        return parent == null || parent.getFileName() == null ? "" : parent.getFileName() + "_";
    }

    private static String stem(Path image) {
        String name = image.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
