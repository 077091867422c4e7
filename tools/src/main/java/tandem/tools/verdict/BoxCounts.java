package tandem.tools.verdict;

import java.util.List;
import java.util.stream.IntStream;
import tandem.model.metrics.ConfusionCounts;
import tandem.model.metrics.Evaluation;

/**
 * Objects and detections of an evaluation, at the score {@link tandem.model.metrics.BoxMatches#SCORE}.
 *
 * @param objects annotated objects that are not difficult
 * @param found objects detected with their class
 * @param confused objects detected as another class
 * @param falseAlarms detections without an object
 * @param classes the same by class with at least one object
 */
record BoxCounts(long objects, long found, long confused, long falseAlarms, List<OfClass> classes) {

    /**
     * Counts of one class.
     *
     * @param falseAlarms detections as this class without an object
     */
    record OfClass(Evaluation.BoxClass figures, long objects, long found, long confused, long falseAlarms) {

        String name() {
            return Words.name(figures.name());
        }

        long missed() {
            return objects - found - confused;
        }
    }

    static BoxCounts of(Evaluation.Boxes boxes) {
        ConfusionCounts counts = boxes.confusion();
        int none = boxes.classes().size();
        List<OfClass> all = IntStream.range(0, none)
                .mapToObj(label -> new OfClass(
                        boxes.classes().get(label),
                        counts.ofTruth(label),
                        counts.count(label, label),
                        counts.ofTruth(label) - counts.count(label, label) - counts.count(label, none),
                        counts.count(none, label)))
                .toList();
        return new BoxCounts(
                all.stream().mapToLong(OfClass::objects).sum(),
                all.stream().mapToLong(OfClass::found).sum(),
                all.stream().mapToLong(OfClass::confused).sum(),
                counts.ofTruth(none),
                all.stream().filter(one -> one.objects() > 0).toList());
    }

    long missed() {
        return objects - found - confused;
    }

    /** Share of the objects that are found. */
    double recall() {
        return (double) found / objects;
    }
}
