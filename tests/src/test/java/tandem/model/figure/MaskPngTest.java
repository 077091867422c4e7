package tandem.model.figure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskPngTest {

    @Test
    void paletteIsThatOfVoc() {
        // From the VOC 2012 development kit: background, aeroplane, bicycle, bird, boat, person, tvmonitor, void.
        assertEquals(0x000000, MaskPng.vocColor(0));
        assertEquals(0x800000, MaskPng.vocColor(1));
        assertEquals(0x008000, MaskPng.vocColor(2));
        assertEquals(0x808000, MaskPng.vocColor(3));
        assertEquals(0x000080, MaskPng.vocColor(4));
        assertEquals(0xC08080, MaskPng.vocColor(15));
        assertEquals(0x004080, MaskPng.vocColor(20));
        assertEquals(0xE0E0C0, MaskPng.vocColor(255));
    }

    @Test
    void everyValueSurvivesTheFile(@TempDir Path folder) throws IOException {
        byte[] mask = new byte[256];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) i;
        }
        Path file = folder.resolve("mask.png");
        MaskPng.write(file, mask, 32, 8);
        BufferedImage read = ImageIO.read(file.toFile());
        assertEquals(BufferedImage.TYPE_BYTE_INDEXED, read.getType());
        assertEquals(32, read.getWidth());
        byte[] indices = (byte[]) read.getRaster().getDataElements(0, 0, 32, 8, null);
        assertArrayEquals(mask, indices);
        assertEquals(0xFFC08080, read.getRGB(15, 0));
    }

    @Test
    void onePixelAndWrongSize() {
        assertEquals(1, MaskPng.image(new byte[1], 1, 1).getWidth());
        assertThrows(IllegalArgumentException.class, () -> MaskPng.image(new byte[3], 2, 2));
    }
}
