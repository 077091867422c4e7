package tandem.tools.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tandem.tools.InputException;

/** The pictures that the user named, folders replaced by what they hold. */
public final class PictureList {

    private PictureList() {}

    /** In the order named; within a folder by name. */
    public static List<Path> of(List<Path> inputs) throws IOException {
        List<Path> pictures = new ArrayList<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                try (Stream<Path> files = Files.list(input)) {
                    List<Path> inside =
                            files.filter(PictureList::isPicture).sorted().toList();
                    if (inside.isEmpty()) {
                        throw new InputException(input + ": holds no .jpg, .jpeg, .png or .bmp");
                    }
                    pictures.addAll(inside);
                }
            } else if (Files.exists(input)) {
                pictures.add(input);
            } else {
                throw new NoSuchFileException(input.toString());
            }
        }
        refuseClashes(pictures);
        return pictures;
    }

    /** What is written for a picture is named after it without its ending. */
    public static String stem(Path picture) {
        String name = picture.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static void refuseClashes(List<Path> pictures) {
        Map<String, Path> seen = new HashMap<>();
        for (Path picture : pictures) {
            Path other = seen.put(stem(picture), picture);
            if (other != null) {
                throw new InputException(
                        picture + " and " + other + " would be written to the same file; give them separately");
            }
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file)
                && Stream.of(".jpg", ".jpeg", ".png", ".bmp").anyMatch(name::endsWith);
    }
}
