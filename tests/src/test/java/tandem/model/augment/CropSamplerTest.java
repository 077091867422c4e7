package tandem.model.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.image.PixelSize;

class CropSamplerTest {

    private static final int WIDTH = 90;
    private static final int HEIGHT = 70;

    /** Every pixel tells its place: red its column, green its row; the mask is 1 in one pixel. */
    private static DecodedImage image(int objectX, int objectY) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        byte[] mask = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < mask.length; i++) {
            rgb[3 * i] = (byte) (i % WIDTH);
            rgb[3 * i + 1] = (byte) (i / WIDTH);
        }
        mask[objectY * WIDTH + objectX] = 1;
        return new DecodedImage(WIDTH, HEIGHT, 1, WIDTH, HEIGHT, rgb, mask);
    }

    /** The corner of a part, from its first pixel. */
    private static int[] corner(CropSampler.Part part) {
        return new int[] {part.image().rgb()[0], part.image().rgb()[1]};
    }

    @Test
    void everyPixelAndBoxOfAPartIsThatOfTheImageAtItsPlace() {
        SplittableRandom random = new SplittableRandom(5);
        CropSampler sampler = new CropSampler(new PixelSize(32, 24));
        for (int i = 0; i < 2000; i++) {
            DecodedImage image = image(random.nextInt(WIDTH), random.nextInt(HEIGHT));
            float left = random.nextInt(WIDTH - 9);
            float top = random.nextInt(HEIGHT - 9);
            // Boxes of 8 x 8 pixels are never cut below a quarter by a part around them.
            List<Box> boxes = List.of(new Box(0, left, top, left + 8, top + 8, false));
            CropSampler.Part part = sampler.draw(image, boxes, image.mask(), i);
            assertEquals(32, part.image().width());
            assertEquals(24, part.image().height());
            assertSame(part.mask(), part.image().mask());
            int[] corner = covered(part) ? null : corner(part);
            if (corner == null) {
                continue;
            }
            for (int y = 0; y < 24; y++) {
                for (int x = 0; x < 32; x++) {
                    int at = y * 32 + x;
                    int from = (corner[1] + y) * WIDTH + corner[0] + x;
                    assertEquals(corner[0] + x, part.image().rgb()[3 * at]);
                    assertEquals(corner[1] + y, part.image().rgb()[3 * at + 1]);
                    assertEquals(image.mask()[from], part.mask()[at]);
                }
            }
            for (Box box : part.boxes()) {
                assertEquals(Math.max(left, corner[0]), box.xMin() + corner[0]);
                assertEquals(Math.max(top, corner[1]), box.yMin() + corner[1]);
                assertEquals(Math.min(left + 8, corner[0] + 32), box.xMax() + corner[0]);
                assertEquals(Math.min(top + 8, corner[1] + 24), box.yMax() + corner[1]);
            }
        }
    }

    private static boolean covered(CropSampler.Part part) {
        for (byte label : part.mask()) {
            if (label == -1) {
                return true;
            }
        }
        return false;
    }

    @Test
    void everySecondPartContainsAnObjectOfTheBoxesOrElseOfTheMask() {
        CropSampler sampler = new CropSampler(PixelSize.square(20));
        DecodedImage image = image(70, 50);
        int boxed = 0;
        int masked = 0;
        int plain = 0;
        List<Box> boxes = List.of(new Box(1, 3, 4, 9, 9, true));
        for (int seed = 0; seed < 1000; seed++) {
            CropSampler.Part part = sampler.draw(image, boxes, null, seed);
            boxed += part.boxes().equals(moved(boxes.get(0), part)) ? 1 : 0;
            assertNull(part.mask());
            for (byte label : sampler.draw(image, List.of(), image.mask(), seed).mask()) {
                masked += label;
            }
            plain += sampler.draw(image.withMask(null), List.of(), null, seed)
                    .boxes()
                    .size();
        }
        // A half around the object, and some of the others.
        assertTrue(boxed > 480 && boxed < 700, boxed + " of 1000 with the box");
        assertTrue(masked > 480 && masked < 700, masked + " of 1000 with the pixel");
        assertEquals(0, plain);
    }

    private static List<Box> moved(Box box, CropSampler.Part part) {
        int[] corner = corner(part);
        return List.of(new Box(
                box.label(),
                box.xMin() - corner[0],
                box.yMin() - corner[1],
                box.xMax() - corner[0],
                box.yMax() - corner[1],
                box.difficult()));
    }

    @Test
    void aRemainderIsClippedOrCoveredAndIgnored() {
        DecodedImage image = image(0, 0);
        List<Box> boxes = new ArrayList<>(List.of(
                // Cut in half, at the right border, larger than a part, and outside.
                new Box(0, 5, 15, 15, 25, false),
                new Box(1, 21, 30, 31, 40, false),
                new Box(2, 30, 35, 80, 65, false),
                new Box(3, 60, 10, 70, 20, false)));
        CropSampler.Part part = CropSampler.cut(image, boxes, image.mask(), 10, 12, 20, 40);
        assertEquals(List.of(new Box(0, 0, 3, 5, 13, false), new Box(1, 11, 18, 20, 28, false)), part.boxes());
        part = CropSampler.cut(image, boxes, image.mask(), 0, 12, 22, 30);
        assertEquals(List.of(new Box(0, 5, 3, 15, 13, false)), part.boxes());
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 22; x++) {
                boolean gone = x == 21 && y >= 18 && y < 28;
                assertEquals(gone ? 255 : 0, part.mask()[y * 22 + x] & 255);
                assertEquals(gone ? 114 : x, part.image().rgb()[3 * (y * 22 + x)]);
            }
        }
        part = CropSampler.cut(image, boxes, image.mask(), 28, 35, 8, 30);
        assertEquals(List.of(new Box(1, 0, 0, 3, 5, false), new Box(2, 2, 0, 8, 30, false)), part.boxes());
    }

    @Test
    void anImageThatIsNotLargerIsUsedWhole() {
        DecodedImage image = image(1, 1);
        CropSampler.Part part = new CropSampler(new PixelSize(WIDTH, 100)).draw(image, List.of(), image.mask(), 3);
        assertSame(image, part.image());
        CropSampler.Part low = new CropSampler(new PixelSize(200, 32)).draw(image, List.of(), image.mask(), 3);
        assertEquals(WIDTH, low.image().width());
        assertEquals(32, low.image().height());
        assertArrayEquals(
                low.image().rgb(),
                new CropSampler(new PixelSize(200, 32))
                        .draw(image, List.of(), image.mask(), 3)
                        .image()
                        .rgb());
    }
}
