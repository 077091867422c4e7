package tandem.model.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.TruthBox;

class OverlayTest {

    private static final List<String> BOXES = List.of("scratch", "pit");
    private static final List<String> MASKS = List.of("pit", "stain");
    private final ClassColors colors = new ClassColors(BOXES, MASKS);
    private final Overlay overlay = new Overlay(colors);

    private static BufferedImage gray(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, 0x646464);
        }
        return image;
    }

    @Test
    void oneNameHasOneColor() {
        assertEquals(colors.box(1), colors.mask(1));
        assertNotEquals(colors.box(0), colors.mask(2));
        assertEquals(List.of("scratch", "pit", "stain"), colors.names());
        Set<Color> first = new HashSet<>();
        for (int i = 0; i < 21; i++) {
            assertTrue(first.add(ClassColors.ordinal(i)), "color " + i);
        }
    }

    @Test
    void smallImagesAreEnlargedByWholeSteps() {
        BufferedImage large = overlay.enlarge(gray(100, 60));
        assertEquals(500, large.getWidth());
        assertEquals(300, large.getHeight());
        assertEquals(400, overlay.enlarge(gray(400, 300)).getWidth());
        assertEquals(256, overlay.enlarge(gray(1, 1)).getWidth());
    }

    @Test
    void maskIsTintedHalfAndItsEdgeWhole() {
        byte[] mask = new byte[256 * 256];
        for (int y = 100; y < 150; y++) {
            for (int x = 50; x < 90; x++) {
                mask[y * 256 + x] = 1;
            }
        }
        mask[0] = (byte) 255;
        BufferedImage result = overlay.prediction(gray(256, 256), List.of(), mask);
        Color pit = colors.mask(1);
        assertEquals(pit, new Color(result.getRGB(50, 120)));
        Color inside = new Color(result.getRGB(70, 120));
        assertEquals((100 + pit.getRed()) / 2.0, inside.getRed(), 0.5);
        assertEquals((100 + pit.getBlue()) / 2.0, inside.getBlue(), 0.5);
        assertEquals(0xFF646464, result.getRGB(200, 200));
        assertEquals(0xFFBBBBBB, result.getRGB(0, 0));
    }

    @Test
    void boxHasItsPosition() {
        BufferedImage result = overlay.prediction(
                gray(300, 300), List.of(new Detection(0, 0.9, new BoxRegion(100, 120, 200, 220))), null);
        assertEquals(colors.box(0), new Color(result.getRGB(100, 170)));
        assertEquals(colors.box(0), new Color(result.getRGB(150, 220)));
        assertEquals(0xFF646464, result.getRGB(150, 170));
        assertEquals(0xFF646464, result.getRGB(50, 50));
    }

    @Test
    void difficultBoxesAreDashed() {
        BufferedImage result =
                overlay.truth(gray(300, 300), List.of(new TruthBox(0, new BoxRegion(50, 50, 250, 250), true)), null);
        Set<Integer> along = new HashSet<>();
        for (int y = 80; y < 220; y++) {
            along.add(result.getRGB(50, y));
        }
        assertTrue(along.contains(colors.box(0).getRGB()) && along.size() > 1);
    }

    @Test
    void comparisonHasThreeImagesEvenWithoutLabels() {
        BufferedImage result = overlay.comparison("a.png", gray(256, 256), null, null, List.of(), null);
        assertEquals(8 + 3 * (256 + 8), result.getWidth());
        assertTrue(result.getHeight() > 256 + 20);
        for (int i = 0; i < 3; i++) {
            assertEquals(0xFF646464, result.getRGB(8 + i * 264 + 128, 8 + 20 + 128));
        }
    }

    @Test
    void badInputIsNamed() {
        byte[] unknown = new byte[256 * 256];
        unknown[7] = 9;
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> overlay.prediction(gray(256, 256), List.of(), unknown))
                .getMessage()
                .contains("mask value 9"));
        assertThrows(IllegalArgumentException.class, () -> overlay.prediction(gray(4, 4), List.of(), new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> Sheet.of(List.of(), 3, null));
    }

    @Test
    void heatMapRisesInLightnessAndShowsNaN() {
        double before = -1;
        for (int i = 0; i <= 20; i++) {
            Color color = HeatMap.color(i / 20.0, 0, 1);
            double lightness = 0.2126 * color.getRed() + 0.7152 * color.getGreen() + 0.0722 * color.getBlue();
            assertTrue(lightness > before, "at " + i);
            before = lightness;
        }
        assertEquals(Color.MAGENTA, HeatMap.color(Double.NaN, 0, 1));
        assertEquals(HeatMap.color(1, 0, 1), HeatMap.color(7, 0, 1));
        BufferedImage map = HeatMap.image(new float[] {0, 1, 2, 3, 4, 5}, 3, 2, 0, 5);
        assertEquals(HeatMap.color(4, 0, 5).getRGB(), map.getRGB(1, 1));
    }
}
