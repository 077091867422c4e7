package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Tiles of 100 pixels, 75 from one to the next, in an image 250 pixels wide and 175 high. */
class SeamBoxesTest {

    private static final float MARGIN = 4;

    private final SeamBoxes boxes = new SeamBoxes(0.5f, false);

    private static SeamBoxes.Tile tile(int column, int row) {
        return new SeamBoxes.Tile().set(75 * column, 75 * row, 100, 100, 250, row == 0);
    }

    private void add(int column, int row, int label, double score, float... corners) {
        boxes.add(
                label,
                (float) score,
                corners[0],
                corners[1],
                corners[2],
                corners[3],
                tile(column, row),
                MARGIN,
                MARGIN);
    }

    private List<String> merged() {
        boxes.merge();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < boxes.count(); i++) {
            texts.add(String.format(
                    "%d %.1f %.0f %.0f %.0f %.0f",
                    boxes.label(i),
                    boxes.score(i),
                    boxes.corner(i, 0),
                    boxes.corner(i, 1),
                    boxes.corner(i, 2),
                    boxes.corner(i, 3)));
        }
        return texts;
    }

    @Test
    void anObjectInTheOverlapIsOneBox() {
        add(0, 0, 1, 0.8, 80, 30, 95, 50);
        add(1, 0, 1, 0.9, 80, 30, 95, 51);
        add(1, 0, 2, 0.4, 80, 30, 95, 51);
        assertEquals(List.of("1 0.9 80 30 95 51", "2 0.4 80 30 95 51"), merged());
    }

    @Test
    void aLongObjectIsJoinedOverThreeTiles() {
        add(0, 0, 0, 0.5, 40, 30, 99, 40);
        add(1, 0, 0, 0.7, 76, 31, 174, 42);
        add(2, 0, 0, 0.6, 150, 32, 200, 42);
        assertEquals(List.of("0 0.7 40 30 200 42"), merged());
    }

    @Test
    void aLargeObjectIsJoinedOverFourTiles() {
        add(0, 0, 0, 0.5, 40, 40, 100, 100);
        add(1, 0, 0, 0.7, 75, 40, 140, 100);
        add(0, 1, 0, 0.6, 40, 75, 100, 140);
        add(1, 1, 0, 0.6, 75, 75, 140, 140);
        assertEquals(List.of("0 0.7 40 40 140 140"), merged());
    }

    @Test
    void aPartOfAnObjectThatIsCompleteInAnotherTileIsDroppedEvenWithAHigherScore() {
        add(0, 0, 0, 0.9, 78, 30, 99, 60);
        add(1, 0, 0, 0.8, 78, 30, 130, 60);
        assertEquals(List.of("0 0.8 78 30 130 60"), merged());
    }

    @Test
    void aPartStaysWhereTheWholeIsMuchLessConfident() {
        add(0, 0, 0, 0.9, 78, 30, 99, 60);
        add(1, 0, 0, 0.1, 78, 30, 130, 60);
        assertEquals(List.of("0 0.9 78 30 99 60", "0 0.1 78 30 130 60"), merged());
    }

    @Test
    void neighborsAndOtherClassesAreNotJoined() {
        add(0, 0, 0, 0.9, 60, 10, 99, 30);
        add(1, 0, 0, 0.8, 76, 26, 120, 60);
        add(1, 0, 1, 0.7, 76, 10, 120, 30);
        assertEquals(List.of("0 0.9 60 10 99 30", "0 0.8 76 26 120 60", "1 0.7 76 10 120 30"), merged());
    }

    @Test
    void theBorderOfTheImageCutsNothing() {
        add(0, 0, 0, 0.9, 0, 0, 30, 30);
        add(2, 1, 0, 0.8, 220, 140, 250, 175);
        assertEquals(List.of("0 0.9 0 0 30 30", "0 0.8 220 140 250 175"), merged());
    }

    @Test
    void manyBoxesAreSortedByScore() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 500; i++) {
            float left = 10 + random.nextInt(60);
            float top = 10 + random.nextInt(60);
            add(0, 0, i, random.nextInt(50) / 50.0, left, top, left + 5, top + 5);
        }
        boxes.merge();
        assertEquals(500, boxes.count());
        for (int i = 1; i < boxes.count(); i++) {
            assertEquals(Math.max(boxes.score(i - 1), boxes.score(i)), boxes.score(i - 1));
        }
    }
}
