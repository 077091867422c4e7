package tandem.model.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.data.BadFiles;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.data.VocReader;

class SyntheticInspectionTest {

    @TempDir
    Path root;

    private DataSet write(String name, SyntheticInspection set, ImageLists lists) {
        set.write(root.resolve(name));
        return VocReader.open(root.resolve(name)).read(name, lists, BadFiles.stop());
    }

    @Test
    void theSameSeedGivesTheSameFilesAndMoreImagesLeaveTheFirstAlone() throws IOException {
        new SyntheticInspection(96, 64, 6, 3, 0.8, 5).write(root.resolve("a"));
        new SyntheticInspection(96, 64, 6, 3, 0.8, 5).write(root.resolve("b"));
        new SyntheticInspection(96, 64, 9, 2, 0.8, 5).write(root.resolve("more"));
        new SyntheticInspection(96, 64, 6, 3, 0.8, 6).write(root.resolve("other"));
        int files = 0;
        try (Stream<Path> walk = Files.walk(root.resolve("a"))) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                Path relative = root.resolve("a").relativize(file);
                assertEquals(-1, Files.mismatch(file, root.resolve("b").resolve(relative)), relative.toString());
                if (relative.startsWith("JPEGImages") && !relative.endsWith("val_00002.jpg")) {
                    assertEquals(-1, Files.mismatch(file, root.resolve("more").resolve(relative)), relative.toString());
                    assertTrue(Files.mismatch(file, root.resolve("other").resolve(relative)) >= 0, relative.toString());
                }
                files++;
            }
        }
        assertEquals(9 * 3 + 5, files);
    }

    @Test
    void boxesAndMasksAgreeToThePixel() {
        DataSet data = write("exact", SyntheticInspection.of(128, 60, 20, 11), ImageLists.everything());
        assertEquals(SyntheticInspection.CLASSES, data.boxClasses());
        int boxes = 0;
        for (Sample sample : data.samples()) {
            byte[] mask = ImageDecoder.mask(sample).orElseThrow();
            boolean[] covered = new boolean[mask.length];
            for (Box box : sample.boxes().orElseThrow()) {
                boxes++;
                boolean[] touched = new boolean[4];
                for (int y = (int) box.yMin(); y < box.yMax(); y++) {
                    for (int x = (int) box.xMin(); x < box.xMax(); x++) {
                        if (mask[y * 128 + x] == box.label() + 1) {
                            covered[y * 128 + x] = true;
                            touched[0] |= x == (int) box.xMin();
                            touched[1] |= x == (int) box.xMax() - 1;
                            touched[2] |= y == (int) box.yMin();
                            touched[3] |= y == (int) box.yMax() - 1;
                        }
                    }
                }
                assertArrayEquals(new boolean[] {true, true, true, true}, touched, sample.id() + " " + box + " touches its mask on every side");
            }
            for (int i = 0; i < mask.length; i++) {
                assertEquals(mask[i] != 0, covered[i], sample.id() + ": pixel " + i + " of the mask lies in a box of its class");
            }
        }
        assertTrue(boxes > 80, boxes + " boxes on 80 images");
    }

    @Test
    void everyClassComesWithVariedSizesAndSomeImagesAreEmpty() {
        DataSet data = write("varied", SyntheticInspection.of(96, 120, 30, 2), ImageLists.everything());
        DataSummary.Counts counts = DataSummary.of(data).lists().get(0);
        for (int k = 0; k < 4; k++) {
            assertTrue(counts.boxes().get(k) >= 20, SyntheticInspection.CLASSES.get(k) + ": " + counts.boxes());
        }
        assertTrue(counts.empty() >= 5 && counts.empty() < 50, counts.empty() + " of 150 images are empty");
        double[] areas = data.samples().stream().flatMap(sample -> sample.boxes().orElseThrow().stream())
                .mapToDouble(box -> (box.xMax() - box.xMin()) * (box.yMax() - box.yMin())).sorted().toArray();
        assertTrue(areas[areas.length * 9 / 10] > 10 * areas[areas.length / 10], Arrays.toString(areas));
    }

    /** Defects differ from the surface around them by more than the surface varies, on average, and not by everything. */
    @Test
    void defectsAreVisibleButNotTrivial() {
        DataSet data = write("visible", SyntheticInspection.of(128, 60, 2, 8), ImageLists.full("Main/train"));
        int seen = 0;
        int all = 0;
        for (Sample sample : data.samples()) {
            DecodedImage image = ImageDecoder.decode(sample, Integer.MAX_VALUE);
            for (Box box : sample.boxes().orElseThrow()) {
                if (box.label() == 3) {
                    continue; // a gap in a print is seen by what is around it
                }
                double[] inside = new double[3];
                double[] around = new double[3];
                for (int y = Math.max(0, (int) box.yMin() - 4); y < Math.min(128, box.yMax() + 4); y++) {
                    for (int x = Math.max(0, (int) box.xMin() - 4); x < Math.min(128, box.xMax() + 4); x++) {
                        double[] part = image.mask()[y * 128 + x] == box.label() + 1 ? inside : around;
                        int i = (y * 128 + x) * 3;
                        double grey = ((image.rgb()[i] & 255) + (image.rgb()[i + 1] & 255) + (image.rgb()[i + 2] & 255)) / 3.0;
                        part[0]++;
                        part[1] += grey;
                        part[2] += grey * grey;
                    }
                }
                double difference = Math.abs(inside[1] / inside[0] - around[1] / around[0]);
                double deviation = Math.sqrt(Math.max(0, around[2] / around[0] - Math.pow(around[1] / around[0], 2)));
                all++;
                seen += difference > deviation ? 1 : 0;
                assertTrue(difference < 150, sample.id() + " " + box + " stands out by " + difference);
            }
        }
        assertTrue(seen > 0.75 * all && seen < all, seen + " of " + all + " defects stand out by more than one standard deviation");
    }

    @Test
    void theHalvesShareTheTrainingImagesOut() throws IOException {
        SyntheticInspection set = SyntheticInspection.of(64, 9, 2, 1);
        DataSet data = write("halves", set, ImageLists.partial("Partial/train-boxes", "Partial/train-masks"));
        assertEquals(List.of(9, 5, 4), List.of(data.size(), data.boxed(), data.masked()));
        Set<String> boxes = new HashSet<>(Files.readAllLines(root.resolve("halves/ImageSets/Partial/train-boxes.txt")));
        for (String id : Files.readAllLines(root.resolve("halves/ImageSets/Partial/train-masks.txt"))) {
            assertFalse(boxes.contains(id), id);
        }
        assertEquals(2, VocReader.open(root.resolve("halves")).read("val", ImageLists.full("Main/val"), BadFiles.stop()).size());
    }

    @Test
    void sizesWithoutRoomForDefectsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> SyntheticInspection.of(63, 4, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticInspection.of(64, 1, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new SyntheticInspection(64, 64, 4, 2, 0, 1));
        new SyntheticInspection(64, 500, 8, 4, 1, 1).write(root.resolve("tall"));
        new SyntheticInspection(500, 64, 8, 4, 0.1, 1).write(root.resolve("wide"));
    }
}
