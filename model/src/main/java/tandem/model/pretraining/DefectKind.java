package tandem.model.pretraining;

import static tandem.model.pretraining.Distributions.between;
import static tandem.model.pretraining.Distributions.chance;
import static tandem.model.pretraining.Distributions.logarithmic;
import static tandem.model.pretraining.Distributions.sign;

import java.util.SplittableRandom;

/** Kinds of defects. Each makes random defects of its kind; lengths are pixels of an image of 160. */
enum DefectKind {
    /** Thin, nearly straight, bright or dark. */
    SCRATCH {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = shapes.everywhere();
            float x = between(random, 0.05, 0.95) * scene.size();
            float y = between(random, 0.05, 0.95) * scene.size();
            double angle = random.nextInt(3) == 0 ? Math.PI / 2 * random.nextInt(4) : between(random, 0, 2 * Math.PI);
            float length = logarithmic(random, 20, 150);
            float thickness = logarithmic(random, 0.6, 4);
            for (int i = random.nextInt(10) < 7 ? 1 : 2 + random.nextInt(2); i > 0; i--) {
                shapes.path(footprint, x, y, length, angle, between(random, 0, 0.03), 4, thickness, 0);
                x += between(random, -4, 4);
                y += between(random, -4, 4);
            }
            Paint paint = Paint.color(Paint.tone(scene, chance(random, 0.4), random), between(random, 0.4, 1));
            return new Defect(footprint, random.nextBoolean() ? paint : paint.and(Paint.relief(0.4f, 1)));
        }
    },
    /** Thin, dark, jagged, with branches. */
    CRACK {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = shapes.everywhere();
            float x = between(random, 0.05, 0.95) * scene.size();
            float y = between(random, 0.05, 0.95) * scene.size();
            shapes.path(
                    footprint,
                    x,
                    y,
                    logarithmic(random, 20, 130),
                    between(random, 0, 2 * Math.PI),
                    between(random, 0.15, 0.45),
                    between(random, 2, 5),
                    logarithmic(random, 0.8, 3),
                    random.nextInt(5));
            return new Defect(footprint, Paint.color(Paint.tone(scene, true, random), between(random, 0.5, 1)));
        }
    },
    /** One small hole: dark, with a bright rim. */
    PIT {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint =
                    shapes.blob(logarithmic(random, 2.5, 12), between(random, 0.6, 1), 0.15f, between(random, 1, 3));
            return new Defect(
                    footprint, Paint.shade(between(random, 0.15, 0.6)).and(Paint.relief(between(random, 0.2, 0.8), 1)));
        }
    },
    /** An area of many small dark dots. */
    PITTING {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint area = shapes.blob(logarithmic(random, 12, 50), between(random, 0.4, 1), 0.3f, 4);
            Noise noise = new Noise(random);
            float pitch = 1 / logarithmic(random, 2.5, 8);
            float size = between(random, 0.25, 0.4);
            area.thin((x, y) ->
                    Distributions.clamp(0.5f + (size - noise.cells(x * pitch, y * pitch, false)) / pitch, 0, 1));
            return new Defect(
                    area, Paint.color(Paint.tone(scene, chance(random, 0.8), random), between(random, 0.4, 1)));
        }
    },
    /** A faint area with a soft border: stain, oil, discoloration. */
    STAIN {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            float radius = logarithmic(random, 8, 45);
            Footprint footprint = shapes.blob(
                    radius, between(random, 0.4, 1), between(random, 0.1, 0.5), radius * between(random, 0.3, 1));
            Paint paint = Paint.color(Paint.tone(scene, chance(random, 0.65), random), between(random, 0.2, 0.6));
            return new Defect(footprint, paint);
        }
    },
    /** An area with a sharp, irregular border and another pattern or brightness: peeled coating, patch. */
    PATCH {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = shapes.blob(
                    logarithmic(random, 7, 50),
                    between(random, 0.3, 1),
                    between(random, 0.3, 0.9),
                    between(random, 1, 4));
            Paint paint = random.nextInt(3) == 0
                    ? Paint.shade(chance(random, 0.6) ? between(random, 0.3, 0.75) : between(random, 1.3, 1.8))
                    : Paint.material(
                            Material.draw(SurfaceKind.CLOUDED, scene.colored(), random), between(random, 0.6, 1));
            return new Defect(footprint, chance(random, 0.3) ? paint.and(Paint.relief(0.5f, 1)) : paint);
        }
    },
    /** Short dark streaks in one direction. */
    INCLUSION {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = shapes.everywhere();
            double angle = random.nextBoolean() ? Math.PI / 2 * random.nextInt(2) : between(random, 0, Math.PI);
            float x = between(random, 0.08, 0.92) * scene.size();
            float y = between(random, 0.08, 0.92) * scene.size();
            float length = logarithmic(random, 6, 40);
            float thickness = logarithmic(random, 1.5, 6);
            float cos = (float) StrictMath.cos(angle);
            float sin = (float) StrictMath.sin(angle);
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                shapes.path(footprint, x, y, length * between(random, 0.4, 1), angle, 0.12f, 3, thickness, 0);
                float along = between(random, 0.4, 1.2) * length * sign(random);
                float across = between(random, -1.5, 1.5) * thickness;
                x += along * cos - across * sin;
                y += along * sin + across * cos;
            }
            return new Defect(
                    footprint, Paint.color(Paint.tone(scene, chance(random, 0.8), random), between(random, 0.4, 0.9)));
        }
    },
    /** An area of irregular flecks: scale, rust, corrosion. */
    SCALE {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint area = shapes.blob(logarithmic(random, 10, 50), between(random, 0.4, 1), 0.4f, 5);
            Noise noise = new Noise(random);
            float pitch = 1 / logarithmic(random, 4, 14);
            float level = between(random, -0.2, 0.2);
            area.thin((x, y) ->
                    Distributions.clamp(0.5f + 3 * (noise.fractal(x * pitch, y * pitch, 3, 0.6f) - level), 0, 1));
            return new Defect(
                    area, Paint.color(Paint.tone(scene, chance(random, 0.6), random), between(random, 0.3, 0.9)));
        }
    },
    /** An area with a net of fine lines. */
    CRAZING {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint area = shapes.blob(logarithmic(random, 14, 60), between(random, 0.4, 1), 0.3f, 8);
            Noise noise = new Noise(random);
            float pitch = 1 / logarithmic(random, 5, 16);
            float aspect = logarithmic(random, 0.35, 2.8);
            float width = between(random, 0.8, 1.8) * pitch;
            area.thin((x, y) ->
                    Distributions.clamp(1.5f - noise.cells(x * pitch, y * pitch * aspect, true) / width, 0, 1));
            return new Defect(
                    area, Paint.color(Paint.tone(scene, chance(random, 0.75), random), between(random, 0.3, 0.9)));
        }
    },
    /** Missing material: a hole, a chip or a cut with a sharp border and a background of its own. */
    MISSING {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = random.nextInt(3) == 0
                    ? shapes.rectangle(logarithmic(random, 5, 45), logarithmic(random, 5, 45))
                    : shapes.blob(logarithmic(random, 4, 30), between(random, 0.4, 1), between(random, 0, 0.4), 1.2f);
            Material ground = Material.draw(SurfaceKind.SMOOTH, scene.colored(), random);
            Paint paint = Paint.material(ground, 1);
            return new Defect(footprint, paint.and(Paint.relief(sign(random) * between(random, 0, 0.5), 2)));
        }
    },
    /** A dent or a bump: only light and shadow. */
    DENT {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            float radius = logarithmic(random, 6, 35);
            Footprint footprint = shapes.blob(radius, between(random, 0.4, 1), 0.15f, radius);
            int reach = Math.max(1, Math.round(radius / 3));
            return new Defect(footprint, Paint.relief(sign(random) * between(random, 0.5, 1.2), reach));
        }
    },
    /** A fiber, a hair, a thread, a burr of chips on the surface. */
    FIBER {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            Footprint footprint = shapes.everywhere();
            shapes.path(
                    footprint,
                    between(random, 0.1, 0.9) * scene.size(),
                    between(random, 0.1, 0.9) * scene.size(),
                    logarithmic(random, 25, 130),
                    between(random, 0, 2 * Math.PI),
                    between(random, 0.06, 0.16),
                    3,
                    logarithmic(random, 1, 5),
                    0);
            Paint paint = Paint.color(Paint.tone(scene, random.nextBoolean(), random), between(random, 0.6, 1));
            return new Defect(footprint, paint.and(Paint.relief(between(random, 0.1, 0.5), 1)));
        }
    },
    /** An area where the pattern is turned, moved or of another scale: a fault of weaving, printing or grinding. */
    DISRUPTION {
        @Override
        Defect draw(Scene scene, Shapes shapes, SplittableRandom random) {
            boolean strip = random.nextInt(3) == 0;
            Footprint footprint = strip
                    ? shapes.rectangle(logarithmic(random, 60, 200), logarithmic(random, 5, 20))
                    : shapes.blob(logarithmic(random, 10, 45), between(random, 0.3, 1), 0.3f, between(random, 1, 5));
            Material main = scene.main();
            float scale = random.nextBoolean() ? 1 : logarithmic(random, 0.5, 2);
            float shift = between(random, 3, 30);
            Texture moved = (x, y) -> main.texture().at(scale * x + shift, scale * y - shift);
            Texture other = random.nextBoolean() ? moved : moved.rotated(between(random, 0.3, 2.8));
            float fade = random.nextInt(3) == 0 ? between(random, 0, 0.6) : 1;
            Texture pattern = (x, y) -> fade * other.at(x, y);
            float lift = between(random, -0.08, 0.08);
            float[] low = main.low().clone();
            float[] high = main.high().clone();
            for (int c = 0; c < 3; c++) {
                low[c] += lift;
                high[c] += lift;
            }
            return new Defect(footprint, Paint.material(new Material(main.kind(), pattern, low, high), 1));
        }
    };

    /** A random defect of this kind. */
    abstract Defect draw(Scene scene, Shapes shapes, SplittableRandom random);
}
