package tandem.tools.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tandem.model.data.Annotation;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.split.HeldOutSplit;
import tandem.tools.InputException;

/**
 * The lists of a split in the folder {@code split} of a run, which can be given to {@code --boxes}, {@code --masks},
 * {@code --full} and {@code --val} again.
 */
final class SplitLists {

    private static final String HELD_OUT = "val.txt";

    private final Path folder;

    /** @param run folder of the run */
    SplitLists(Path run) {
        folder = run.resolve("split");
    }

    /** The folder of the lists. */
    Path folder() {
        return folder;
    }

    /** Writes one list for each kind of training list, and one of the held-out images. */
    void write(DataSet data, HeldOutSplit split) throws IOException {
        Files.createDirectories(folder);
        for (Annotation uses : List.of(Annotation.BOXES, Annotation.MASK, Annotation.BOTH)) {
            Set<Integer> listed = new HashSet<>();
            data.sources().stream()
                    .filter(source -> source.uses() == uses)
                    .forEach(source -> listed.addAll(source.samples()));
            write(name(uses), data, split.training(), listed::contains);
        }
        write(HELD_OUT, data, split.heldOut(), image -> true);
    }

    private static String name(Annotation uses) {
        return switch (uses) {
            case BOXES -> "train-boxes.txt";
            case MASK -> "train-masks.txt";
            default -> "train-full.txt";
        };
    }

    private void write(String name, DataSet data, List<Integer> images, Predicate<Integer> listed) throws IOException {
        List<String> ids = images.stream()
                .filter(listed)
                .map(image -> data.samples().get(image))
                .map(Sample::id)
                .toList();
        Path file = folder.resolve(name);
        if (ids.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.write(file, ids);
        }
    }

    /** The names of the held-out images. */
    List<String> read() throws IOException {
        Path file = folder.resolve(HELD_OUT);
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    file + " does not exist: the run was not started with a share as --val; resume it with "
                            + "the --val it was started with");
        }
        return Files.readAllLines(file);
    }
}
