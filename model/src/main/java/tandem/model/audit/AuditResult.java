package tandem.model.audit;

import java.util.List;
import java.util.Map;
import tandem.model.data.Annotation;
import tandem.model.data.DataSummary;
import tandem.model.data.SampleBits;

/**
 * The result of an audit.
 *
 * @param data the folder
 * @param images number of readable images
 * @param groups number of training images by annotation
 * @param summary images, boxes and mask pixels, list by list
 * @param classes sizes and positions, class by class
 * @param statistics statistics of the images
 * @param differences differences between the groups
 * @param agreement agreement of boxes and masks; null when no image has both
 * @param duplicates pairs of images with the same content
 * @param sampleBits the bits that images of 16 bits use; null without such images
 * @param unseenPairs number of further possible duplicates that were not compared
 * @param findings problems, file by file
 * @param recommendation the recommended strategy
 * @param seconds duration
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
        SampleBits sampleBits,
        int unseenPairs,
        List<Finding> findings,
        AuditRecommendation recommendation,
        double seconds) {

    /** Copies the lists. */
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
     * @param boxes number of boxes
     * @param sizes boxes by the square root of their share of the image, in tenths: below 0.1, below 0.2, ...
     * @param positions (8, 8) boxes by their center, rows from the top
     */
    public record ClassShape(String name, int boxes, List<Integer> sizes, List<List<Integer>> positions) {}

    /** Statistics of one figure over all images. */
    public record Statistic(String name, double mean, double deviation, double lowest, double median, double highest) {}

    /**
     * Difference between two groups in one figure.
     *
     * @param what the figure
     * @param one name of the first group
     * @param other name of the second group
     * @param divergence the size of the difference
     */
    public record Difference(String what, String one, String other, Divergence divergence) {}

    /**
     * Two images with the same content.
     *
     * @param flip transformation of the second image: {@code as it is}, {@code mirrored}, {@code upside down} or
     *     {@code mirrored and upside down}
     * @param samePixels whether every pixel is the same
     * @param whole correlation of the images
     * @param detail correlation of their fine detail
     * @param crossing the training list and the held-out list that it links; empty when it links none
     */
    public record Duplicate(
            String one, String other, String flip, boolean samePixels, double whole, double detail, String crossing) {}

    /** The name of a group of images. */
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
