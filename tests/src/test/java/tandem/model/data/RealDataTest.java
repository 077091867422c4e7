package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tandem.SharedData;

/** Real data beside the repository, where there is any, against the counts that came with it. */
class RealDataTest {

    @Test
    void steelDefects() {
        VocReader reader = VocReader.open(SharedData.find("neu-steel-voc"));
        assertEquals(
                List.of("crazing", "inclusion", "patches", "pitted_surface", "rolled-in_scale", "scratches"),
                reader.boxClasses());
        int[][] sizes = {{1200, 300}, {600, 150}, {840, 360}, {240, 150}};
        String[][] lists = {
            {"Main/train", "Main/val"},
            {"Segmentation/train", "Segmentation/val"},
            {"Partial/train-boxes", "Partial/train-masks"},
            {"Partial/train-boxes-3class", "Partial/val-3class"}
        };
        for (int i = 0; i < lists.length; i++) {
            for (int j = 0; j < 2; j++) {
                DataSet data = reader.read(lists[i][j], ImageLists.full(lists[i][j]), BadFiles.stop());
                assertEquals(sizes[i][j], data.size(), lists[i][j]);
                assertEquals(sizes[i][j], data.boxed(), lists[i][j]);
            }
        }
        DataSet all = reader.read("all", ImageLists.everything(), BadFiles.stop());
        assertEquals(1500, all.size());
        assertEquals(750, all.masked());
        DataSet partial = reader.read(
                "partial", ImageLists.partial("Partial/train-boxes", "Partial/train-masks"), BadFiles.stop());
        assertEquals(List.of(1200, 840, 360), List.of(partial.size(), partial.boxed(), partial.masked()));
        assertEquals(
                Set.of(Annotation.BOXES, Annotation.MASK),
                partial.samples().stream().map(Sample::annotation).collect(Collectors.toSet()));

        // "About 96 % of mask pixels lie inside boxes."
        long inside = 0;
        long foreground = 0;
        for (Sample sample : all.samples()) {
            byte[] mask = ImageDecoder.mask(sample).orElse(new byte[0]);
            for (int i = 0; i < mask.length; i++) {
                if (mask[i] != 0) {
                    double x = i % sample.width() + 0.5;
                    double y = i / sample.width() + 0.5;
                    foreground++;
                    inside += sample.boxes().orElseThrow().stream()
                                    .anyMatch(
                                            box -> x > box.xMin() && x < box.xMax() && y > box.yMin() && y < box.yMax())
                            ? 1
                            : 0;
                }
            }
        }
        assertEquals(0.96, (double) inside / foreground, 0.01);
    }

    @Test
    void pascalVoc() {
        VocReader reader = VocReader.open(SharedData.find("voc2012-100"));
        assertEquals(VocReader.VOC_CLASSES, reader.boxClasses());
        DataSet data = reader.read("voc", ImageLists.everything(), BadFiles.stop());
        DataSummary.Counts counts = DataSummary.of(data).lists().get(0);
        assertEquals(List.of(100, 93), List.of(data.size(), data.masked()));
        assertEquals(273, counts.boxes().stream().mapToLong(Long::longValue).sum());
        assertEquals(38, counts.difficult());
        double pixels = counts.ignored()
                + counts.pixels().stream().mapToLong(Long::longValue).sum();
        assertEquals(0.050, counts.ignored() / pixels, 0.001);
        int inMasked = 0;
        for (Sample sample : data.samples()) {
            if (sample.mask().isPresent()) {
                inMasked += sample.boxes().orElseThrow().size();
                Set<Integer> inMask = new TreeSet<>();
                for (int k = 1; k <= 20; k++) {
                    if (sample.mask().get().pixels().get(k) > 0) {
                        inMask.add(k - 1);
                    }
                }
                assertEquals(
                        sample.boxes().get().stream().map(Box::label).collect(Collectors.toCollection(TreeSet::new)),
                        inMask,
                        sample.id());
            }
        }
        assertEquals(263, inMasked);
        assertEquals(
                Arrays.asList(
                        "2007_000027",
                        "2007_000272",
                        "2007_000423",
                        "2007_000664",
                        "2007_000807",
                        "2007_001558",
                        "2007_001583"),
                data.samples().stream()
                        .filter(sample -> sample.mask().isEmpty())
                        .map(Sample::id)
                        .toList());
    }
}
