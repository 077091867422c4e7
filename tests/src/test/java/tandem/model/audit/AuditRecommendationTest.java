package tandem.model.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.ClassMask;
import tandem.model.data.DataSet;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.strategy.Strategy;

/** Each strategy that may be recommended, from numbers that call for it. */
class AuditRecommendationTest {

    private static final Agreement GOOD = new Agreement(
            30,
            List.of(new Agreement.BoxClass("dent", 100, 96, 96)),
            List.of(new Agreement.MaskClass("dent", 1000, 970)));
    private static final Agreement POOR = new Agreement(
            30,
            List.of(new Agreement.BoxClass("dent", 100, 60, 60)),
            List.of(new Agreement.MaskClass("dent", 1000, 970)));

    private static AuditRecommendation recommend(
            int boxes, int masks, int both, int neither, double unlike, Agreement agreement) {
        List<Sample> samples = new ArrayList<>();
        Map<Annotation, List<Sample>> groups = new EnumMap<>(Annotation.class);
        int[] counts = {boxes, masks, both, neither};
        for (Annotation annotation : Annotation.values()) {
            List<Sample> group = new ArrayList<>();
            for (int i = 0; i < counts[annotation.ordinal()]; i++) {
                Optional<List<Box>> boxed = annotation == Annotation.BOXES || annotation == Annotation.BOTH
                        ? Optional.of(List.of(new Box(i % 2, 0, 0, 1, 1, false)))
                        : Optional.empty();
                Optional<ClassMask> masked = annotation == Annotation.MASK || annotation == Annotation.BOTH
                        ? Optional.of(new MaskFile(
                                Path.of("m.png"), List.of(1L, i % 2 == 0 ? 1L : 0L, i % 2 == 0 ? 0L : 1L), 0))
                        : Optional.empty();
                group.add(new Sample(annotation + " " + i, Path.of("i.png"), 2, 1, boxed, masked));
            }
            groups.put(annotation, group);
            samples.addAll(group);
        }
        List<AuditResult.Difference> differences = List.of(
                new AuditResult.Difference(
                        "classes shown", "boxes only", "masks only", new Divergence(0.9, 0.8, 1, 0.1)),
                new AuditResult.Difference(
                        "contrast",
                        "boxes only",
                        "masks only",
                        new Divergence(unlike, unlike - 0.01, unlike + 0.01, 0.02)));
        return AuditRecommendation.from(
                new DataSet("data", List.of("dent", "rust"), List.of("dent", "rust"), samples),
                groups,
                differences,
                agreement);
    }

    private static void assertRecommends(Strategy strategy, AuditRecommendation found, String... parts) {
        assertEquals(strategy.label(), found.strategy(), found::toString);
        assertEquals(strategy.description(), found.description());
        for (String part : parts) {
            assertTrue(
                    found.reasons().stream().anyMatch(reason -> reason.contains(part)),
                    () -> part + " in " + found.reasons());
        }
        assertTrue(found.compare().stream().allMatch(name -> Strategy.of(name).isPresent()), found::toString);
        assertTrue(!found.compare().contains(found.strategy()));
    }

    @Test
    void eachHasItsCase() {
        assertRecommends(Strategy.SINGLE_TASK, recommend(300, 0, 0, 0, 0, null), "only one kind");
        assertRecommends(Strategy.SINGLE_TASK, recommend(0, 10, 0, 5, 0, null), "10 a mask");
        assertRecommends(Strategy.MULTI_TASK, recommend(5, 4, 91, 0, 0.9, GOOD), "Nearly every image");
        assertRecommends(
                Strategy.TRANSFER,
                recommend(300, 100, 0, 0, 0.5, GOOD),
                "differ most in contrast: 0.50 bit",
                "different images");
        assertRecommends(
                Strategy.TRANSFER,
                recommend(300, 30, 0, 0, 0.1, POOR),
                "too few for a teacher",
                "encoder of the other task");
        assertRecommends(
                Strategy.PSEUDO_LABELS, recommend(100, 100, 0, 200, 0.1, POOR), "200 images have no annotation");
        assertRecommends(Strategy.MULTI_TASK_WEAK, recommend(300, 30, 0, 0, 0.1, GOOD), "weak labels of each kind");
        assertRecommends(Strategy.MULTI_TASK_WEAK, recommend(900, 100, 0, 0, 0.1, GOOD));
        assertRecommends(
                Strategy.MULTI_TASK_DISTILLATION,
                recommend(900, 100, 0, 0, 0.1, POOR),
                "60 % of the boxes have a mask pixel",
                "90 % required");
        assertRecommends(
                Strategy.MULTI_TASK_DISTILLATION,
                recommend(100, 300, 0, 0, 0.1, null),
                "Boxes are the scarce annotation: 100 images against 300",
                "is unknown");
    }

    @Test
    void aDifferenceThatChanceExplainsDoesNotCount() {
        assertRecommends(
                Strategy.MULTI_TASK_DISTILLATION, recommend(200, 200, 0, 0, 0.015, POOR), "on 200 images each");
    }
}
