#!/usr/bin/env bash
# Java reads one gray image in two ways: BufferedImage.getRGB takes gray samples for linear light, and 100 of 255 becomes
# 168; Graphics2D.drawImage copies them, and 100 stays 100. With an alpha channel drawImage gives 168 too. So whether a
# network sees the values of the file depends on the call and on the channels. And where a float image has a sample above 1,
# getRGB adds the excess to the next channel: blue 1.5 gives green 1, blue 127, instead of blue 255.
# Seen with OpenJDK 17.0.15 and 25.0.3; needs a java on the PATH (17 or newer) and nothing else. What Tandem does about it:
# tandem.model.image.RgbRows reads samples, and its tests hold every type of image to values worked out by hand.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat >"$work/Gray.java" <<'JAVA'
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;

public class Gray {
    static int drawn(BufferedImage image) {
        BufferedImage copy = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = copy.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return copy.getRGB(0, 0) & 255;
    }

    static void print(String what, BufferedImage image) {
        System.out.println(what + ": getRGB " + (image.getRGB(0, 0) & 255) + ", drawImage " + drawn(image));
    }

    static BufferedImage image(ColorModel model, int... samples) {
        WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
        for (int i = 0; i < samples.length; i++) {
            raster.setSample(0, 0, i, samples[i]);
        }
        return new BufferedImage(model, raster, false, null);
    }

    public static void main(String[] arguments) {
        System.err.println("Java " + System.getProperty("java.version"));
        BufferedImage bytes = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        bytes.getRaster().setSample(0, 0, 0, 100);
        print("8-bit gray 100", bytes);
        BufferedImage shorts = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        shorts.getRaster().setSample(0, 0, 0, 100 * 257);
        print("16-bit gray 100 * 257", shorts);
        ColorSpace gray = ColorSpace.getInstance(ColorSpace.CS_GRAY);
        print("8-bit gray 100 with alpha", image(new ComponentColorModel(gray, true, false, Transparency.TRANSLUCENT, DataBuffer.TYPE_BYTE), 100, 255));
        ColorSpace srgb = ColorSpace.getInstance(ColorSpace.CS_sRGB);
        BufferedImage floats = image(new ComponentColorModel(srgb, false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT), 0, 0, 0);
        floats.getRaster().setSample(0, 0, 2, 1.5f);
        System.out.printf("float (0, 0, 1.5): getRGB %08x%n", floats.getRGB(0, 0));
    }
}
JAVA
cat >"$work/expected" <<'TEXT'
8-bit gray 100: getRGB 168, drawImage 100
16-bit gray 100 * 257: getRGB 168, drawImage 100
8-bit gray 100 with alpha: getRGB 168, drawImage 168
float (0, 0, 1.5): getRGB ff00017f
TEXT
java -Djava.awt.headless=true "$work/Gray.java" >"$work/seen"
cat "$work/seen"
diff "$work/expected" "$work/seen" && echo "as described"
