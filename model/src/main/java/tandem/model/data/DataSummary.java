package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Statistics of a data set: images, boxes and mask pixels of each class, list by list.
 *
 * @param data name of the data set
 * @param boxClasses names of the box classes
 * @param maskClasses names of the mask classes, without background
 * @param lists one entry for each list
 */
public record DataSummary(String data, List<String> boxClasses, List<String> maskClasses, List<Counts> lists) {

    /**
     * Statistics of one list.
     *
     * @param name the list
     * @param uses the annotations that are used
     * @param images images in it
     * @param boxed images annotated with boxes that have at least one
     * @param empty images annotated with boxes that have none
     * @param masked images with a mask of any class except background
     * @param blank images with a mask of only background
     * @param bare images with neither
     * @param boxes boxes of each box class
     * @param difficult number of difficult boxes
     * @param pixels mask pixels of background and of each mask class
     * @param ignored ignored mask pixels
     */
    public record Counts(
            String name,
            Annotation uses,
            int images,
            int boxed,
            int empty,
            int masked,
            int blank,
            int bare,
            List<Long> boxes,
            long difficult,
            List<Long> pixels,
            long ignored) {

        /** Whether any image has a label. */
        public boolean usable() {
            return switch (uses) {
                case BOXES -> boxed > 0;
                case MASK -> masked > 0;
                case BOTH, NEITHER -> boxed + masked > 0;
            };
        }
    }

    /** Computes the statistics of a data set. */
    public static DataSummary of(DataSet data) {
        List<Counts> lists = new ArrayList<>();
        for (DataSet.Source source : data.sources()) {
            lists.add(count(data, source));
        }
        return new DataSummary(data.name(), data.boxClasses(), data.maskClasses(), List.copyOf(lists));
    }

    private static Counts count(DataSet data, DataSet.Source source) {
        long[] boxes = new long[data.boxClasses().size()];
        long[] pixels = new long[data.maskChannels()];
        int boxed = 0;
        int empty = 0;
        int masked = 0;
        int blank = 0;
        int bare = 0;
        long difficult = 0;
        long ignored = 0;
        for (int index : source.samples()) {
            Sample sample = data.samples().get(index);
            boolean useBoxes =
                    source.uses() != Annotation.MASK && sample.boxes().isPresent();
            boolean useMask = source.uses() != Annotation.BOXES && sample.mask().isPresent();
            if (useBoxes) {
                for (Box box : sample.boxes().get()) {
                    boxes[box.label()]++;
                    difficult += box.difficult() ? 1 : 0;
                }
                boxed += sample.boxes().get().isEmpty() ? 0 : 1;
                empty += sample.boxes().get().isEmpty() ? 1 : 0;
            }
            if (useMask) {
                ClassMask mask = sample.mask().get();
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] += mask.pixels().get(i);
                }
                ignored += mask.ignored();
                masked += mask.foreground() > 0 ? 1 : 0;
                blank += mask.foreground() > 0 ? 0 : 1;
            }
            bare += useBoxes || useMask ? 0 : 1;
        }
        return new Counts(
                source.name(),
                source.uses(),
                source.samples().size(),
                boxed,
                empty,
                masked,
                blank,
                bare,
                list(boxes),
                difficult,
                list(pixels),
                ignored);
    }

    private static List<Long> list(long[] values) {
        List<Long> result = new ArrayList<>();
        for (long value : values) {
            result.add(value);
        }
        return List.copyOf(result);
    }

    /**
     * Rejects a list without labels.
     *
     * @param root the folder, named in the error
     * @throws DataException naming the first list without a single usable label
     */
    public void requireUsable(Path root) {
        for (Counts list : lists) {
            if (!list.usable()) {
                String wanted = switch (list.uses) {
                    case BOXES -> "at least one box";
                    case MASK -> "at least one pixel of a class";
                    case BOTH, NEITHER -> "at least one box or one pixel of a class";
                };
                throw new DataException(
                        root,
                        "list " + list.name + " has 0 % usable labels: none of its " + list.images
                                + " images has the annotation, expected " + wanted,
                        "use another list, or annotate its images");
            }
        }
    }

    /**
     * Rejects a list without annotations. Images annotated as empty are enough: they show false alarms.
     *
     * @param root the folder, named in the error
     * @throws DataException naming the first list of which no image is annotated
     */
    public void requireAnnotated(Path root) {
        for (Counts list : lists) {
            if (list.boxed + list.empty + list.masked + list.blank == 0) {
                throw new DataException(
                        root,
                        "list " + list.name + ": none of its " + list.images
                                + " images is annotated, expected boxes or masks, or" + " images annotated as empty",
                        "use another list, or annotate its images");
            }
        }
    }

    /** The statistics as lines of text. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Counts list : lists) {
            StringBuilder line = new StringBuilder(data)
                    .append(": ")
                    .append(list.name)
                    .append(": ")
                    .append(list.images)
                    .append(" images");
            part(line, list.boxed, " with boxes");
            part(line, list.empty, " annotated as empty");
            part(line, list.masked, " with a mask");
            part(line, list.blank, " with a mask of only background");
            part(line, list.bare, " without annotation");
            lines.add(line.toString());
            if (list.boxed + list.empty > 0) {
                long all = list.boxes.stream().mapToLong(Long::longValue).sum();
                lines.add("  boxes: " + all + (list.difficult > 0 ? " (" + list.difficult + " difficult)" : "") + ": "
                        + byClass(boxClasses, list.boxes));
            }
            if (list.masked + list.blank > 0) {
                lines.add("  mask pixels: " + shares(list));
            }
        }
        return lines;
    }

    private static void part(StringBuilder line, int count, String what) {
        if (count > 0) {
            line.append(", ").append(count).append(what);
        }
    }

    private static String byClass(List<String> names, List<Long> counts) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            parts.add(names.get(i) + " " + counts.get(i));
        }
        return String.join(", ", parts);
    }

    private String shares(Counts list) {
        double all =
                list.ignored + list.pixels.stream().mapToLong(Long::longValue).sum();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < list.pixels.size(); i++) {
            parts.add((i == 0 ? "background" : maskClasses.get(i - 1))
                    + String.format(Locale.ROOT, " %.2f %%", 100 * list.pixels.get(i) / all));
        }
        if (list.ignored > 0) {
            parts.add(String.format(Locale.ROOT, "ignored %.2f %%", 100 * list.ignored / all));
        }
        return String.join(", ", parts);
    }
}
