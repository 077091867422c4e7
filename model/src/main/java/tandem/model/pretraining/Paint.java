package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.chance;

import java.util.SplittableRandom;

/** How a defect changes the image. */
@FunctionalInterface
interface Paint {

    /**
     * Changes a pixel.
     *
     * @param rgb the colors of the image
     * @param at index of the pixel's red value
     * @param column column in the footprint (row likewise)
     */
    void apply(Scene scene, Footprint footprint, float[] rgb, int at, int column, int row);

    /** Blends towards a color. */
    static Paint color(float[] color, float strength) {
        return (scene, footprint, rgb, at, column, row) -> {
            float share = strength * footprint.cover(column, row);
            for (int c = 0; c < 3; c++) {
                rgb[at + c] += share * (color[c] - rgb[at + c]);
            }
        };
    }

    /** Multiplies by a factor. */
    static Paint shade(float factor) {
        return (scene, footprint, rgb, at, column, row) -> {
            float shade = 1 + footprint.cover(column, row) * (factor - 1);
            for (int c = 0; c < 3; c++) {
                rgb[at + c] *= shade;
            }
        };
    }

    /** Lights the slopes of the cover as a height: bright towards the light, dark away from it; from outside too. */
    static Paint relief(float strength, int reach) {
        return (scene, footprint, rgb, at, column, row) -> {
            float dx = footprint.cover(column + reach, row) - footprint.cover(column - reach, row);
            float dy = footprint.cover(column, row + reach) - footprint.cover(column, row - reach);
            float shade = 1 + strength * (dx * scene.lightX() + dy * scene.lightY());
            for (int c = 0; c < 3; c++) {
                rgb[at + c] *= shade;
            }
        };
    }

    /** Replaces by another material. */
    static Paint material(Material material, float strength) {
        float[] color = new float[3];
        return (scene, footprint, rgb, at, column, row) -> {
            float share = strength * footprint.cover(column, row);
            if (share > 0) {
                material.color(footprint.left() + column, footprint.upper() + row, color, 0);
                for (int c = 0; c < 3; c++) {
                    rgb[at + c] += share * (color[c] - rgb[at + c]);
                }
            }
        };
    }

    /** Both in turn. */
    default Paint and(Paint next) {
        return (scene, footprint, rgb, at, column, row) -> {
            apply(scene, footprint, rgb, at, column, row);
            next.apply(scene, footprint, rgb, at, column, row);
        };
    }

    /** A color that is darker or brighter than the material; with a tint of its own on a colored one. */
    static float[] tone(Scene scene, boolean dark, SplittableRandom random) {
        float value = dark ? between(random, 0, 0.3) : between(random, 0.7, 1);
        float[] color = new float[3];
        boolean tinted = scene.colored() && chance(random, 0.7);
        for (int c = 0; c < 3; c++) {
            color[c] = tinted ? value + between(random, -0.25, 0.25) : value;
        }
        return color;
    }
}
