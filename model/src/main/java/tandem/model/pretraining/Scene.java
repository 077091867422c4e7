package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.chance;
import static tandem.model.pretraining.Distributions.clamp;

import java.util.SplittableRandom;

/**
 * An image being generated: one or two materials, on which defects are painted.
 *
 * @param size rows and columns
 * @param colored whether its materials have colors
 * @param main the material that covers most of it
 * @param rgb reflectance (size, size, 3), nominally 0 to 1
 * @param mask (size, size) class of each pixel: {@link SurfaceKind#ordinal} or that of a defect
 * @param lightX direction from which the light comes, of length 1 (lightY likewise)
 */
record Scene(int size, boolean colored, Material main, float[] rgb, byte[] mask, float lightX, float lightY) {

    private static final double COLORED = 0.35;
    private static final double TWO_MATERIALS = 0.3;

    /** A scene without defects. */
    static Scene draw(int size, SplittableRandom random) {
        boolean colored = chance(random, COLORED);
        double light = between(random, 0, 2 * Math.PI);
        Scene scene = new Scene(
                size,
                colored,
                Material.draw(colored, random),
                new float[size * size * 3],
                new byte[size * size],
                (float) StrictMath.cos(light),
                (float) StrictMath.sin(light));
        scene.paint(scene.main, (x, y) -> 1);
        if (chance(random, TWO_MATERIALS)) {
            scene.paint(Material.draw(colored, random), scene.part(random));
        }
        return scene;
    }

    /** Covers the pixels where {@code inside} is positive, in pixels from the border of the area. */
    private void paint(Material material, Texture inside) {
        float[] color = new float[3];
        byte label = (byte) material.kind().ordinal();
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                float share = clamp(inside.at(x, y) + 0.5f, 0, 1);
                if (share > 0) {
                    material.color(x, y, color, 0);
                    for (int c = 0; c < 3; c++) {
                        rgb[3 * i + c] += share * (color[c] - rgb[3 * i + c]);
                    }
                    mask[i] = share >= 0.5f ? label : mask[i];
                }
            }
        }
    }

    /** The area of a second material: beyond a straight edge, a strip, or outside a disk or a rectangle. */
    private Texture part(SplittableRandom random) {
        float middleX = between(random, 0.3, 0.7) * size;
        float middleY = between(random, 0.3, 0.7) * size;
        float extent = between(random, 0.35, 0.6) * size;
        float strip = between(random, 0.05, 0.2) * size;
        float other = extent * between(random, 0.6, 1);
        Texture shape = switch (random.nextInt(4)) {
            case 0 -> (x, y) -> x - middleX - 0.4f * extent;
            case 1 -> (x, y) -> strip - Math.abs(x - middleX);
            case 2 ->
                (x, y) -> (float) Math.sqrt((x - middleX) * (x - middleX) + (y - middleY) * (y - middleY)) - extent;
            default -> (x, y) -> Math.max(Math.abs(x - middleX) - extent, Math.abs(y - middleY) - other);
        };
        if (random.nextBoolean()) {
            return shape;
        }
        float cos = (float) StrictMath.cos(between(random, 0, 2 * Math.PI));
        float sin = (float) Math.sqrt(1 - cos * cos);
        return (x, y) -> shape.at(
                middleX + (x - middleX) * cos + (y - middleY) * sin,
                middleY + (y - middleY) * cos - (x - middleX) * sin);
    }
}
