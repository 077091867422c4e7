package tandem.tools.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tandem.model.data.ImageEndings;
import tandem.tools.InputException;

/** The image files that a command was given, folders replaced by the images in them. */
public final class ImagePaths {

    private ImagePaths() {}

    /** In the order named; within a folder by name. */
    public static List<Path> of(List<Path> inputs) throws IOException {
        List<Path> images = new ArrayList<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                try (Stream<Path> files = Files.list(input)) {
                    List<Path> inside =
                            files.filter(ImagePaths::isImage).sorted().toList();
                    if (inside.isEmpty()) {
                        throw new InputException(input + ": contains no " + ImageEndings.TEXT);
                    }
                    images.addAll(inside);
                }
            } else if (Files.exists(input)) {
                images.add(input);
            } else {
                throw new NoSuchFileException(input.toString());
            }
        }
        refuseClashes(images);
        return images;
    }

    /** What is written for an image is named after it without its ending. */
    public static String stem(Path image) {
        String name = image.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static void refuseClashes(List<Path> images) {
        Map<String, Path> seen = new HashMap<>();
        for (Path image : images) {
            Path other = seen.put(stem(image), image);
            if (other != null) {
                throw new InputException(
                        image + " and " + other + " would be written to the same file; give them separately");
            }
        }
    }

    private static boolean isImage(Path file) {
        return Files.isRegularFile(file)
                && ImageEndings.isRead(file.getFileName().toString());
    }
}
