package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.chance;
import static tandem.model.pretraining.Distributions.logarithmic;

import java.util.SplittableRandom;

/** Kinds of surfaces. Each makes random patterns of its kind. */
enum SurfaceKind {
    /** Polished or painted: almost no pattern. */
    SMOOTH(0.02, 0.06) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scale = 1 / between(random, 40, 150);
            return (x, y) -> noise.fractal(x * scale, y * scale, 2, 0.5f);
        }
    },
    /** Rolled metal, cast, concrete: fractal clouds. */
    CLOUDED(0.04, 0.3) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scaleX = 1 / logarithmic(random, 8, 70);
            float scaleY = scaleX * logarithmic(random, 0.5, 2);
            int octaves = 3 + random.nextInt(3);
            float gain = between(random, 0.4, 0.8);
            return turned(random, (x, y) -> noise.fractal(x * scaleX, y * scaleY, octaves, gain));
        }
    },
    /** Brushed or ground metal: noise that is long in one direction. */
    BRUSHED(0.03, 0.3) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float along = 1 / logarithmic(random, 25, 200);
            float across = 1 / logarithmic(random, 1, 5);
            float gain = between(random, 0.3, 0.8);
            return turned(random, (x, y) -> noise.fractal(x * along, y * across, 2, gain));
        }
    },
    /** Sand-blasted, paper, plastic: fine grain. */
    GRAINED(0.03, 0.25) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scale = 1 / logarithmic(random, 1, 5);
            float gain = between(random, 0.2, 0.8);
            return (x, y) -> noise.fractal(x * scale, y * scale, 2, gain);
        }
    },
    /** Fabric: threads over and under each other. */
    WOVEN(0.05, 0.35) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float pitch = 1 / logarithmic(random, 3.5, 16);
            int shift = 1 + random.nextInt(3);
            int repeat = shift == 1 ? 2 : shift + 2;
            float rough = between(random, 0, 0.5);
            return turned(random, (x, y) -> {
                float u = x * pitch;
                float v = y * pitch;
                boolean over = Math.floorMod(Noise.floor(u) + shift * Noise.floor(v), repeat) == 0;
                float profile = Math.abs(Texture.wave((over ? v : u) / 2));
                return 2 * profile - 1 + (over ? 0.2f : -0.2f) + rough * noise.at(x / 1.5f, y / 1.5f);
            });
        }
    },
    /** Perforated or tiled: a grid of holes, dots or lines. */
    LATTICE(0.06, 0.5) {
        @Override
        Texture texture(SplittableRandom random) {
            float pitchX = logarithmic(random, 6, 40);
            float pitchY = pitchX * between(random, 0.6, 1.6);
            float size = between(random, 0.2, 0.42);
            boolean lines = random.nextBoolean();
            boolean offset = random.nextBoolean();
            float soft = 1.5f / pitchX;
            int sign = Distributions.sign(random);
            return turned(random, (x, y) -> {
                float v = y / pitchY;
                int row = Noise.floor(v);
                float u = x / pitchX + (offset && (row & 1) != 0 ? 0.5f : 0);
                float cu = Math.abs(u - Noise.floor(u) - 0.5f);
                float cv = Math.abs(v - row - 0.5f);
                float inside =
                        lines ? 0.5f * size - 0.5f + Math.max(cu, cv) : size - (float) Math.sqrt(cu * cu + cv * cv);
                return sign * Texture.step(inside, soft);
            });
        }
    },
    /** Corrugated, milled, ribbed: stripes. */
    STRIPED(0.04, 0.4) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float pitch = 1 / logarithmic(random, 4, 45);
            float warp = chance(random, 0.5) ? between(random, 0, 0.6) : 0;
            float sharp = logarithmic(random, 1, 5);
            return turned(
                    random,
                    (x, y) -> Distributions.clamp(
                            sharp * Texture.wave(y * pitch + warp * noise.at(x / 40, y / 40)), -1, 1));
        }
    },
    /** Leather, crystals, granulate: cells. */
    CELLULAR(0.04, 0.35) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scale = 1 / logarithmic(random, 5, 30);
            float aspect = between(random, 0.6, 1.6);
            boolean border = random.nextBoolean();
            float sharp = border ? between(random, 2, 6) : 2;
            return turned(
                    random,
                    (x, y) ->
                            Distributions.clamp(sharp * noise.cells(x * scale, y * scale * aspect, border) - 1, -1, 1));
        }
    },
    /** Wood, marble: veins and rings. */
    VEINED(0.05, 0.35) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scaleX = 1 / logarithmic(random, 15, 60);
            float scaleY = scaleX * between(random, 0.2, 1);
            boolean rings = random.nextBoolean();
            float count = between(random, 1.5, 5);
            return turned(random, (x, y) -> {
                float value = noise.fractal(x * scaleX, y * scaleY, 3, 0.5f);
                return rings ? Texture.wave(count * value) : 1 - 3 * Math.abs(value);
            });
        }
    },
    /** Printed, circuit boards, camouflage: two tones with hard edges. */
    TWO_TONE(0.08, 0.5) {
        @Override
        Texture texture(SplittableRandom random) {
            Noise noise = new Noise(random);
            float scaleX = 1 / logarithmic(random, 5, 50);
            float scaleY = scaleX * logarithmic(random, 0.4, 2.5);
            float level = between(random, -0.4, 0.4);
            if (random.nextBoolean()) {
                int column = random.nextInt(1 << 16);
                return turned(random, (x, y) -> {
                    float u = x * scaleX;
                    int i = column + Noise.floor(u + 7 * Noise.value(Noise.floor(y * scaleY), column));
                    return Noise.value(i, Noise.floor(y * scaleY)) > level ? 1 : -1;
                });
            }
            return turned(
                    random,
                    (x, y) -> Texture.step(noise.fractal(x * scaleX, y * scaleY, 2, 0.5f) - level, 2.5f * scaleX));
        }
    };

    private final double minContrast;
    private final double maxContrast;

    SurfaceKind(double minContrast, double maxContrast) {
        this.minContrast = minContrast;
        this.maxContrast = maxContrast;
    }

    /** A random pattern of this kind. */
    abstract Texture texture(SplittableRandom random);

    /** A random contrast: half the difference between the brightest and the darkest reflectance. */
    float contrast(SplittableRandom random) {
        return logarithmic(random, minContrast, maxContrast);
    }

    /** Half of all patterns are along the axes of the image, nearly or exactly. */
    private static Texture turned(SplittableRandom random, Texture texture) {
        double axis = random.nextBoolean() ? 0 : Math.PI / 2;
        double angle = switch (random.nextInt(4)) {
            case 0 -> axis;
            case 1 -> axis + between(random, -0.1, 0.1);
            default -> between(random, 0, Math.PI);
        };
        return texture.rotated(angle);
    }
}
