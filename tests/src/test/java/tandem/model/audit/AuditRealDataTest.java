package tandem.model.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.SharedData;
import tandem.model.data.Annotation;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;

/**
 * Real data beside the repository. The expected numbers were counted by a Python script of its own, with its own PNG
 * decoder.
 */
class AuditRealDataTest {

    private static DataReader open(String name) {
        return DataReader.open(SharedData.find(name));
    }

    private static long files(AuditResult result, Finding.Kind kind) {
        return result.findings(kind).stream().map(Finding::file).distinct().count();
    }

    @Test
    void steelDefects() {
        AuditResult result = Audit.run(
                open("neu-steel-voc"),
                ImageLists.partial("Partial/train-boxes", "Partial/train-masks"),
                List.of("Main/val"),
                (done, total) -> {});
        assertEquals(1500, result.images());
        assertEquals(
                List.of(840, 360, 0),
                List.of(
                        result.groups().get(Annotation.BOXES),
                        result.groups().get(Annotation.MASK),
                        result.groups().get(Annotation.BOTH)));
        assertEquals(
                List.of(
                        new Agreement.BoxClass("inclusion", 845, 532, 485),
                        new Agreement.BoxClass("patches", 687, 643, 643),
                        new Agreement.BoxClass("scratches", 452, 420, 420)),
                result.agreement().boxClasses());
        assertEquals(
                3504861,
                result.agreement().maskClasses().stream()
                        .mapToLong(Agreement.MaskClass::pixels)
                        .sum());
        assertEquals(
                3392871,
                result.agreement().maskClasses().stream()
                        .mapToLong(Agreement.MaskClass::inside)
                        .sum());
        assertEquals(235, files(result, Finding.Kind.BOX_WITHOUT_MASK));
        assertEquals(103, files(result, Finding.Kind.OTHER_CLASS));
        assertEquals(147, files(result, Finding.Kind.FILE_NAME));
        assertTrue(result.findings(Finding.Kind.FILE_NAME).stream()
                .allMatch(finding -> finding.detail().endsWith("without the ending")));
        assertEquals(1500, files(result, Finding.Kind.DEPTH));
        assertEquals(1, result.duplicates().size());
        AuditResult.Duplicate pair = result.duplicates().get(0);
        assertEquals(
                List.of("patches_101", "patches_105", true, "Partial/train-masks and Main/val"),
                List.of(pair.one(), pair.other(), pair.samePixels(), pair.crossing()));
        assertEquals(
                0,
                files(result, Finding.Kind.BROKEN)
                        + files(result, Finding.Kind.LEAK)
                        + files(result, Finding.Kind.ODDITY));
        assertTrue(result.findings(Finding.Kind.MASK_OUTSIDE_BOXES).stream()
                .anyMatch(finding -> finding.file().equals("inclusion_241")
                        && finding.detail().startsWith("100 %")));
    }

    /** Its NOTICE states that the classes of box and mask agree in every image. */
    @Test
    void pascalVoc() {
        AuditResult result = Audit.run(open("voc2012-100"), ImageLists.everything(), List.of(), (done, total) -> {});
        assertEquals(
                List.of(7, 93),
                List.of(result.groups().get(Annotation.BOXES), result.groups().get(Annotation.BOTH)));
        assertEquals(
                263,
                result.agreement().boxClasses().stream()
                        .mapToInt(Agreement.BoxClass::boxes)
                        .sum());
        assertEquals(1, result.agreement().boxesWithPixels(), 1e-12);
        assertEquals(20, result.agreement().maskClasses().size());
        assertTrue(result.agreement().pixelsInside() > 0.99);
        assertEquals(
                0,
                files(result, Finding.Kind.BROKEN)
                        + files(result, Finding.Kind.DEPTH)
                        + files(result, Finding.Kind.OTHER_CLASS)
                        + result.duplicates().size());
        assertEquals("multi-task", result.recommendation().strategy());
    }
}
