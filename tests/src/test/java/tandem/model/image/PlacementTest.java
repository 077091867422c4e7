package tandem.model.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void theExtentContainsTheImageTouchesItAndHasTheShapeOfTheInput() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 10_000; i++) {
            PixelSize input = new PixelSize(32 * random.nextInt(2, 30), 32 * random.nextInt(2, 30));
            int width = random.nextInt(1, 9000);
            int height = random.nextInt(1, 9000);
            PixelSize extent = Placement.of(Fit.LETTERBOX, input).extent(width, height);
            assertTrue(extent.width() >= width && extent.height() >= height, extent + " of " + width + "x" + height);
            assertTrue(extent.width() == width || extent.height() == height);
            // The shorter side of the extent is off by at most half a pixel.
            double wanted = (double) input.width() / input.height();
            boolean rows = extent.width() == width;
            double off = rows ? extent.height() - width / wanted : extent.width() - height * wanted;
            boolean isPixel = rows ? extent.height() == height : extent.width() == width;
            assertTrue(Math.abs(off) <= 0.5 + 1e-9 || isPixel && off < 1 && off > -0.5, off + " for " + extent);
            assertEquals(
                    new PixelSize(width, height),
                    Placement.of(Fit.STRETCH, input).extent(width, height));
        }
    }

    @Test
    void anImageOfTheShapeOfTheInputFillsIt() {
        Placement wide = Placement.of(Fit.LETTERBOX, new PixelSize(640, 320));
        assertEquals(new PixelSize(1280, 640), wide.extent(1280, 640));
        assertEquals(new PixelSize(1280, 640), wide.extent(1280, 300));
        assertEquals(new PixelSize(600, 300), wide.extent(10, 300));
    }

    @Test
    void sizesAreReadAndWrittenAsColumnsByRows() {
        assertEquals(new PixelSize(640, 320), PixelSize.of("640x320"));
        assertEquals(PixelSize.square(320), PixelSize.of("320"));
        assertEquals("640x320", PixelSize.of("640X320").toString());
        assertEquals("320", PixelSize.of("320x320").toString());
        for (String wrong : new String[] {"", "x", "0", "32x0", "a", "3x3x3", "-3", "640 x 320"}) {
            assertThrows(IllegalArgumentException.class, () -> PixelSize.of(wrong), wrong);
        }
    }
}
