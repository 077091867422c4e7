package tandem.tools.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import tandem.model.figure.ClassColors;

/** What is kept for the page, and the image of a mask. */
class ShownFramesTest {

    private static ShownFrame frame(int number, boolean rejected) {
        return new ShownFrame(number, rejected, JsonNodeFactory.instance.objectNode(), new byte[1], null);
    }

    @Test
    void theNumberOfFramesIsBounded() {
        ShownFrames frames = new ShownFrames();
        assertTrue(frames.last().isEmpty());
        for (int i = 1; i <= 100; i++) {
            frames.add(frame(i, i % 5 == 0), false);
        }
        frames.add(frame(101, true), true);
        assertEquals(100, frames.last().orElseThrow().number());
        List<Integer> rejects =
                frames.rejects().stream().map(ShownFrame::number).toList();
        assertEquals(List.of(101, 100, 95, 90, 85, 80, 75, 70, 65, 60, 55, 50), rejects);
        assertTrue(frames.find(50).isPresent());
        assertTrue(frames.find(45).isEmpty());
        assertTrue(frames.find(93).isPresent());
        assertTrue(frames.find(92).isEmpty());
        for (int i = 102; i < 110; i++) {
            frames.add(frame(i, false), true);
        }
        assertEquals(100, frames.last().orElseThrow().number());
        assertTrue(frames.find(109).isPresent());
        assertTrue(frames.find(105).isEmpty());
    }

    @Test
    void aMaskHasATransparentBackgroundATintAndEdges() throws IOException {
        ClassColors colors = new ClassColors(List.of(), List.of("scratch", "dent"));
        byte[] mask = {
            0, 0, 0, 0, 0,
            0, 2, 2, 2, 0,
            0, 2, 2, 2, 0,
            0, 2, 2, 2, 0,
            0, 0, 0, 0, 1
        };
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(new MaskLayer(colors, 2).png(mask, 5, 5)));
        int scratch = colors.mask(1).getRGB() & 0xffffff;
        int dent = colors.mask(2).getRGB() & 0xffffff;
        assertEquals(0, image.getRGB(0, 0) >>> 24);
        assertEquals(255L << 24 | dent, image.getRGB(1, 2) & 0xffffffffL);
        assertEquals(110L << 24 | dent, image.getRGB(2, 2) & 0xffffffffL);
        assertEquals(255L << 24 | scratch, image.getRGB(4, 4) & 0xffffffffL);
        assertArrayEquals(new int[] {5, 5}, new int[] {image.getWidth(), image.getHeight()});
    }
}
