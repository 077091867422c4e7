package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.chance;
import static tandem.model.pretraining.Distributions.logarithmic;

import java.util.SplittableRandom;

/** From the reflectance of a scene to an image: dust, light, lens, sensor, and the tone curve. */
final class Camera {

    private Camera() {}

    /** (size, size, 3) bytes, red first; the scene is changed. */
    static byte[] photograph(Scene scene, SplittableRandom random) {
        dust(scene, random);
        light(scene, random);
        if (chance(random, 0.6)) {
            blur(scene, between(random, 0.1, 1));
        }
        return sensor(scene, random);
    }

    /** Faint specks that are no defects. */
    private static void dust(Scene scene, SplittableRandom random) {
        for (int i = random.nextInt(10); i > 0; i--) {
            int at = random.nextInt(scene.size() * scene.size()) * 3;
            float shade = between(random, 0.8, 1.2);
            for (int c = 0; c < 3; c++) {
                scene.rgb()[at + c] *= shade;
            }
        }
    }

    /** A gradient, darker corners, a broad reflection, and in some images soft shadows. */
    private static void light(Scene scene, SplittableRandom random) {
        int size = scene.size();
        float slope = between(random, 0, 0.35);
        float corner = chance(random, 0.5) ? between(random, 0, 0.35) : 0;
        float shine = chance(random, 0.25) ? between(random, 0.1, 0.4) : 0;
        float shineAt = between(random, -0.8, 0.8);
        float shineWidth = between(random, 0.1, 0.5);
        float shadow = chance(random, 0.35) ? between(random, 0.05, 0.3) : 0;
        Noise noise = new Noise(random);
        float scale = 1 / between(random, 0.3, 1.2);
        float[] rgb = scene.rgb();
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i += 3) {
                float u = 2 * (x + 0.5f) / size - 1;
                float v = 2 * (y + 0.5f) / size - 1;
                float along = u * scene.lightX() + v * scene.lightY();
                float light = 1 + slope * along - corner * (u * u + v * v) / 2;
                if (shine > 0) {
                    float away = (along - shineAt) / shineWidth;
                    light += shine / (1 + away * away * away * away);
                }
                if (shadow > 0) {
                    light += shadow * noise.fractal(u * scale, v * scale, 2, 0.5f);
                }
                rgb[i] *= light;
                rgb[i + 1] *= light;
                rgb[i + 2] *= light;
            }
        }
    }

    /** Averages with the neighbors along both axes: (a, 1, a) / (1 + 2a), twice. */
    private static void blur(Scene scene, float neighbor) {
        int size = scene.size();
        float norm = 1 / (1 + 2 * neighbor);
        float[] from = scene.rgb();
        float[] to = new float[from.length];
        int row = 3 * size;
        for (int pass = 0; pass < 2; pass++) {
            for (int y = 0, i = 0; y < size; y++) {
                for (int x = 0; x < row; x++, i++) {
                    float before = from[x < 3 ? i : i - 3];
                    float after = from[x >= row - 3 ? i : i + 3];
                    to[i] = norm * (from[i] + neighbor * (before + after));
                }
            }
            for (int y = 0, i = 0; y < size; y++) {
                for (int x = 0; x < row; x++, i++) {
                    float before = to[y == 0 ? i : i - row];
                    float after = to[y == size - 1 ? i : i + row];
                    from[i] = norm * (to[i] + neighbor * (before + after));
                }
            }
        }
    }

    /** Exposure, contrast, gamma and noise. */
    private static byte[] sensor(Scene scene, SplittableRandom random) {
        float[] rgb = scene.rgb();
        float mean = mean(rgb);
        float gain = logarithmic(random, 0.5, 1.8);
        float level = between(random, 0.22, 0.72);
        float noise = chance(random, 0.7) ? logarithmic(random, 0.003, 0.04) : 0;
        float colorNoise = scene.colored() ? 0.5f * noise : 0;
        byte[] curve = curve(logarithmic(random, 0.7, 1.4));
        byte[] bytes = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            float gray = noise == 0 ? 0 : noise * normal(random.nextLong());
            long bits = colorNoise == 0 ? 0 : random.nextLong();
            for (int c = 0; c < 3; c++) {
                float value = level + gain * (rgb[i + c] - mean) + gray;
                if (colorNoise > 0) {
                    value += colorNoise * ((bits >> 20 * c & 0xFFFFF) * 0x1p-19f - 1);
                }
                bytes[i + c] = curve[(int) (Distributions.clamp(value, 0, 1) * (curve.length - 1) + 0.5f)];
            }
        }
        return bytes;
    }

    private static float mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return (float) (sum / values.length);
    }

    private static byte[] curve(float gamma) {
        byte[] curve = new byte[1024];
        for (int i = 0; i < curve.length; i++) {
            curve[i] = (byte) Math.round(255 * StrictMath.pow(i / (curve.length - 1.0), gamma));
        }
        return curve;
    }

    /** Nearly normal with deviation 1: the sum of four uniform numbers of 16 bits. */
    private static float normal(long bits) {
        int sum = (int) (bits & 0xFFFF)
                + (int) (bits >>> 16 & 0xFFFF)
                + (int) (bits >>> 32 & 0xFFFF)
                + (int) (bits >>> 48);
        return (sum - 131070) * (1.7320508f / 65536);
    }
}
