package tandem.model.audit;

import java.util.List;
import java.util.Map;
import tandem.model.data.Annotation;
import tandem.model.data.DataSummary;

/**
 * Everything that an audit found.
 *
 * @param data the folder
 * @param images images that can be read
 * @param groups how many images to train on carry what
 * @param summary images, boxes and mask pixels, list by list
 * @param classes sizes and positions, class by class
 * @param statistics what the pictures are like
 * @param differences how far the groups differ
 * @param agreement whether boxes and masks show the same; null when no image carries both
 * @param duplicates pairs of pictures that show the same
 * @param unseenPairs pairs that may be duplicates too, but were too many to compare
 * @param findings what is wrong, file by file
 * @param recommendation the strategy that this speaks for
 * @param seconds time it took
 */
public record AuditResult(
        String data,
        int images,
        Map<Annotation, Integer> groups,
        DataSummary summary,
        List<ClassShape> classes,
        List<Statistic> statistics,
        List<Difference> differences,
        Agreement agreement,
        List<Duplicate> duplicates,
        int unseenPairs,
        List<Finding> findings,
        AuditRecommendation recommendation,
        double seconds) {

    /** Fixes the lists. */
    public AuditResult {
        classes = List.copyOf(classes);
        statistics = List.copyOf(statistics);
        differences = List.copyOf(differences);
        duplicates = List.copyOf(duplicates);
        findings = List.copyOf(findings);
    }

    /**
     * Boxes of one class.
     *
     * @param name the class
     * @param boxes how many there are
     * @param sizes boxes by the square root of their share of the image, in tenths: below 0.1, below 0.2, ...
     * @param positions (8, 8) boxes by their centre, rows from the top
     */
    public record ClassShape(String name, int boxes, List<Integer> sizes, List<List<Integer>> positions) {}

    /** A figure of the pictures over all images. */
    public record Statistic(String name, double mean, double deviation, double lowest, double median, double highest) {}

    /**
     * How far two groups differ in one respect.
     *
     * @param what in what
     * @param one name of a group
     * @param other name of the other
     * @param divergence how far
     */
    public record Difference(String what, String one, String other, Divergence divergence) {}

    /**
     * Two pictures that show the same.
     *
     * @param flip how the second must be turned: {@code as it is}, {@code mirrored}, {@code upside down} or
     *     {@code mirrored and upside down}
     * @param samePixels whether every pixel is the same
     * @param whole correlation of the pictures
     * @param detail correlation of their fine detail
     * @param crossing the training list and the held-out list that it links; empty when it links none
     */
    public record Duplicate(
            String one, String other, String flip, boolean samePixels, double whole, double detail, String crossing) {}

    /** What a group of images is called. */
    public static String groupName(Annotation annotation) {
        return switch (annotation) {
            case BOXES -> "boxes only";
            case MASK -> "masks only";
            case BOTH -> "both";
            case NEITHER -> "neither";
        };
    }

    /** The findings of one kind. */
    public List<Finding> findings(Finding.Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).toList();
    }
}
