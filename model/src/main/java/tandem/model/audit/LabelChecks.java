package tandem.model.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tandem.model.data.Box;
import tandem.model.data.DataException;
import tandem.model.data.DataSet;
import tandem.model.data.VocHeader;

/**
 * Searches labels that contradict themselves, each other, or the names of their files.
 *
 * @param data source of the classes
 * @param images measurements of the images
 */
record LabelChecks(DataSet data, List<ImageFacts> images) {

    private static final double MUCH_OUTSIDE = 0.1;
    private static final double SAME_BOX = 0.9;
    private static final int MIN_CORNERS = 8;
    private static final double MOST_CORNERS = 0.7;

    List<Finding> findings() {
        List<Finding> found = new ArrayList<>();
        boolean named = areNamedAfterClasses();
        for (ImageFacts image : images) {
            header(image, found);
            if (named) {
                fileName(image, found);
            }
            doubles(image, found);
            if (image.carriesBoth()) {
                boxesWithoutPixels(image, found);
                pixelsOutside(image, found);
            }
        }
        return found;
    }

    private void header(ImageFacts image, List<Finding> found) {
        VocHeader header;
        try {
            header = VocHeader.of(image.sample()).orElse(null);
        } catch (DataException e) {
            return; // its boxes could not be read either, which is a separate finding
        }
        if (header == null) {
            return;
        }
        String own = image.sample().image().getFileName().toString();
        if (!header.fileName().isEmpty() && !header.fileName().equals(own)) {
            boolean ending = own.startsWith(header.fileName() + ".");
            found.add(new Finding(
                    Finding.Kind.FILE_NAME,
                    image.id(),
                    "<filename> is '" + header.fileName() + "'"
                            + (ending ? ", without the ending" : ", expected '" + own + "'")));
        }
        if (header.depth() > 0 && header.depth() != image.channels()) {
            found.add(new Finding(
                    Finding.Kind.DEPTH,
                    image.id(),
                    "<depth> is " + header.depth() + ", the image stores " + image.channels()
                            + (image.gray() && image.channels() >= 3 ? " (all the same: it is gray)" : "")));
        }
    }

    private boolean areNamedAfterClasses() {
        long named =
                images.stream().filter(image -> classOf(image.id()) != null).count();
        return named * 2 > images.size();
    }

    /** The longest class name that a file name begins with; null when there is none. */
    private String classOf(String id) {
        String bare = plain(id.substring(id.lastIndexOf('/') + 1));
        Set<String> classes = new LinkedHashSet<>(data.boxClasses());
        classes.addAll(data.maskClasses());
        return classes.stream()
                .filter(name -> bare.matches("\\Q" + plain(name) + "\\E(?![a-z]).*"))
                .max(Comparator.comparingInt(String::length))
                .orElse(null);
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    private void fileName(ImageFacts image, List<Finding> found) {
        String own = classOf(image.id());
        if (own == null) {
            return;
        }
        Set<String> others = new LinkedHashSet<>();
        image.sample()
                .boxes()
                .orElse(List.of())
                .forEach(box -> others.add(data.boxClasses().get(box.label())));
        others.remove(own);
        if (!others.isEmpty()) {
            found.add(new Finding(
                    Finding.Kind.OTHER_CLASS, image.id(), "has a box of " + String.join(" and of ", others)));
        }
    }

    private void doubles(ImageFacts image, List<Finding> found) {
        List<Box> boxes = image.sample().boxes().orElse(List.of());
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = i + 1; j < boxes.size(); j++) {
                if (boxes.get(i).label() == boxes.get(j).label()
                        && intersectionOverUnion(boxes.get(i), boxes.get(j)) >= SAME_BOX) {
                    found.add(new Finding(
                            Finding.Kind.DOUBLE_BOX,
                            image.id(),
                            "boxes " + (i + 1) + " and " + (j + 1) + " of "
                                    + data.boxClasses().get(boxes.get(i).label())));
                }
            }
        }
    }

    private static double intersectionOverUnion(Box a, Box b) {
        double width = Math.min(a.xMax(), b.xMax()) - Math.max(a.xMin(), b.xMin());
        double height = Math.min(a.yMax(), b.yMax()) - Math.max(a.yMin(), b.yMin());
        double shared = Math.max(0, width) * Math.max(0, height);
        return shared / (area(a) + area(b) - shared);
    }

    private static double area(Box box) {
        return ((double) box.xMax() - box.xMin()) * ((double) box.yMax() - box.yMin());
    }

    private void boxesWithoutPixels(ImageFacts image, List<Finding> found) {
        for (int i = 0; i < image.boxes().size(); i++) {
            ImageFacts.BoxPixels box = image.boxes().get(i);
            String what = "box " + (i + 1) + " of " + data.boxClasses().get(box.label());
            if (box.labelled() == 0 && box.ignored() == 0) {
                found.add(new Finding(Finding.Kind.BOX_WITHOUT_MASK, image.id(), what));
            } else if (box.own() == 0
                    && box.mostly() >= 0
                    && data.maskClasses().contains(data.boxClasses().get(box.label()))) {
                found.add(new Finding(
                        Finding.Kind.CLASS_DISAGREES,
                        image.id(),
                        what + " is mostly " + data.maskClasses().get(box.mostly()) + " in the mask"));
            }
        }
    }

    private static void pixelsOutside(ImageFacts image, List<Finding> found) {
        long pixels = image.sample().mask().orElseThrow().foreground();
        long outside =
                pixels - image.inside().stream().mapToLong(Long::longValue).sum();
        if (outside > MUCH_OUTSIDE * pixels) {
            found.add(new Finding(
                    Finding.Kind.MASK_OUTSIDE_BOXES,
                    image.id(),
                    String.format(Locale.ROOT, "%.0f %% of %d mask pixels", 100.0 * outside / pixels, pixels)));
        }
    }

    /** Whether another origin of the corners fits the masks better; empty with too few boxes, or when this one fits. */
    static Optional<Finding> corners(Path root, List<ImageFacts> images) {
        ImageFacts.CornerFit fit = images.stream()
                .flatMap(image -> image.boxes().stream())
                .map(ImageFacts.BoxPixels::corner)
                .reduce(ImageFacts.CornerFit.NONE, ImageFacts.CornerFit::and);
        int all = fit.exact() + fit.early() + fit.late();
        int shifted = Math.max(fit.early(), fit.late());
        if (all < MIN_CORNERS || shifted < MOST_CORNERS * all) {
            return Optional.empty();
        }
        boolean early = fit.early() > fit.late();
        return Optional.of(new Finding(
                Finding.Kind.CORNERS,
                root.toString(),
                shifted + " of " + all + " left and upper edges of boxes are one pixel "
                        + (early ? "before" : "after") + " the first pixel of the mask, " + fit.exact()
                        + " fit exactly: --voc-origin " + (early ? 0 : 1) + " fits better"));
    }

    /** Findings about files that could not be read. */
    static List<Finding> broken(Path root, List<String> lines) {
        return lines.stream()
                .map(line -> {
                    int cut = line.indexOf(": ");
                    String file = cut < 0 ? line : line.substring(0, cut);
                    String folder = root + "/";
                    return new Finding(
                            Finding.Kind.BROKEN,
                            file.startsWith(folder) ? file.substring(folder.length()) : file,
                            cut < 0 ? "" : line.substring(cut + 2));
                })
                .toList();
    }
}
