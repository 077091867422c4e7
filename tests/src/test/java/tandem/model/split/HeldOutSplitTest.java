package tandem.model.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.model.audit.SimilarImages;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;

class HeldOutSplitTest {

    private static final List<String> CLASSES = List.of("crack", "hole", "stain");
    private static final SimilarImages NONE = new SimilarImages(List.of(), 0);

    private static Sample boxed(int number, int... labels) {
        List<Box> boxes = IntStream.of(labels)
                .mapToObj(label -> new Box(label, 0, 0, 2, 2, false))
                .toList();
        return new Sample("b" + number, Path.of("b" + number), 4, 4, Optional.of(boxes), Optional.empty());
    }

    private static Sample masked(int number, int label) {
        List<Long> pixels = IntStream.range(0, 4)
                .mapToObj(value -> value == 0 ? 12L : value == label + 1 ? 4L : 0L)
                .toList();
        return new Sample(
                "m" + number,
                Path.of("m" + number),
                4,
                4,
                Optional.empty(),
                Optional.of(new MaskFile(Path.of("m"), pixels, 0)));
    }

    /** 100 images with boxes and 60 with a mask; stains are rare, 20 images have no object. */
    private static DataSet partial() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            samples.add(i % 5 == 0 ? boxed(i) : i < 15 ? boxed(i, 2, 0) : i % 2 == 0 ? boxed(i, 0) : boxed(i, 1, 1, 0));
        }
        for (int i = 0; i < 60; i++) {
            samples.add(masked(i, i % 10 == 0 ? 2 : i % 2));
        }
        return new DataSet("data", CLASSES, CLASSES, samples);
    }

    private static long count(DataSet data, List<Integer> images, Predicate<Sample> which) {
        return images.stream().map(data.samples()::get).filter(which).count();
    }

    @Test
    void classesAndKindsOfAnnotationHaveTheSameShareOnBothSides() {
        DataSet data = partial();
        HeldOutSplit split = HeldOutSplit.of(data, 0.2, NONE, 3);
        Set<Integer> all = new HashSet<>(split.training());
        all.addAll(split.heldOut());
        assertEquals(160, all.size());
        assertEquals(160, split.training().size() + split.heldOut().size());
        assertEquals(32, split.heldOut().size(), 2);
        List<Predicate<Sample>> labels = new ArrayList<>(List.of(
                sample -> sample.annotation() == Annotation.BOXES,
                sample -> sample.annotation() == Annotation.MASK,
                sample -> sample.boxes().map(List::isEmpty).orElse(false)));
        for (int label = 0; label < 3; label++) {
            int value = label;
            labels.add(sample -> sample.boxes()
                    .map(boxes -> boxes.stream().anyMatch(box -> box.label() == value))
                    .orElse(false));
            labels.add(sample ->
                    sample.mask().map(mask -> mask.pixels().get(value + 1) > 0).orElse(false));
        }
        List<Integer> everything = IntStream.range(0, data.size()).boxed().toList();
        for (Predicate<Sample> label : labels) {
            assertEquals(0.2 * count(data, everything, label), count(data, split.heldOut(), label), 1.5);
        }
        assertEquals(List.of(), split.onlyTraining());
        assertEquals(split, HeldOutSplit.of(data, 0.2, NONE, 3), "the same seed");
        assertNotEquals(split, HeldOutSplit.of(data, 0.2, NONE, 4), "another seed");
    }

    @Test
    void similarImagesStayTogether() {
        DataSet data = partial();
        // Chains of five successive images.
        List<SimilarImages.Pair> pairs = IntStream.range(0, data.size() - 1)
                .filter(i -> i % 5 != 4)
                .mapToObj(i -> new SimilarImages.Pair(i, i + 1, false))
                .toList();
        HeldOutSplit split = HeldOutSplit.of(data, 0.2, new SimilarImages(pairs, 0), 0);
        Set<Integer> held = new HashSet<>(split.heldOut());
        for (SimilarImages.Pair pair : pairs) {
            assertEquals(held.contains(pair.a()), held.contains(pair.b()));
        }
        assertEquals(32, held.size(), 10);
        assertEquals(32, split.scenes());
        assertEquals(160, split.inScenes());
        assertTrue(
                split.lines().get(0).contains("160 images of 32 scenes stay together"),
                split.lines().toString());
    }

    @Test
    void aClassOfOneImageIsTrainedAndReportedAndOneOfTwoIsOnBothSides() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            samples.add(i == 7 ? boxed(i, 2) : i == 3 || i == 9 ? boxed(i, 1) : boxed(i, 0));
        }
        DataSet data = new DataSet("data", CLASSES, List.of(), samples);
        HeldOutSplit split = HeldOutSplit.of(data, 0.2, NONE, 0);
        assertTrue(split.training().contains(7));
        assertEquals(List.of("boxes of stain"), split.onlyTraining());
        assertEquals(1, split.heldOut().stream().filter(i -> i == 3 || i == 9).count());
        assertTrue(
                split.lines().get(1).endsWith("boxes of stain"), split.lines().toString());
    }

    @Test
    void whatCannotBeDividedIsOneLine() {
        DataSet four = HeldOutSplit.select(partial(), "four", List.of(1, 2, 3, 4));
        for (String[] expected : new String[][] {
            {"0.2", "1 of 4 images would be held out, at least 2 are needed"},
            {"0", "above 0 % and at most 50 %"},
            {"0.6", "above 0 % and at most 50 %"}
        }) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> HeldOutSplit.of(four, Double.parseDouble(expected[0]), NONE, 0))
                    .getMessage();
            assertTrue(message.contains(expected[1]) && !message.contains("\n"), message);
        }
        List<SimilarImages.Pair> chain = IntStream.range(0, 159)
                .mapToObj(i -> new SimilarImages.Pair(i, i + 1, false))
                .toList();
        String scene = assertThrows(
                        IllegalArgumentException.class,
                        () -> HeldOutSplit.of(partial(), 0.2, new SimilarImages(chain, 0), 0))
                .getMessage();
        assertTrue(scene.contains("1 groups of similar images"), scene);
    }

    @Test
    void aSelectionKeepsTheLists() {
        DataSet data = new DataSet(
                "data",
                CLASSES,
                CLASSES,
                List.of(boxed(0, 1), masked(1, 0), boxed(2, 0)),
                List.of(
                        new DataSet.Source("boxes", Annotation.BOXES, List.of(0, 2)),
                        new DataSet.Source("masks", Annotation.MASK, List.of(1))));
        DataSet part = HeldOutSplit.select(data, "part", List.of(1, 2));
        assertEquals(
                List.of("m1", "b2"), part.samples().stream().map(Sample::id).toList());
        assertEquals(
                List.of(
                        new DataSet.Source("boxes", Annotation.BOXES, List.of(1)),
                        new DataSet.Source("masks", Annotation.MASK, List.of(0))),
                part.sources());
    }
}
