package tandem.engine.operation.rows;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;
import tandem.model.augment.Augment;
import tandem.model.augment.Augmented;
import tandem.model.augment.BatchInputs;
import tandem.model.augment.Geometry;
import tandem.model.augment.ImageParameters;
import tandem.model.augment.Photometric;
import tandem.model.augment.ReferenceWarp;
import tandem.model.data.DecodedImage;
import tandem.model.image.PixelSize;

/**
 * Augmentation: enlarging, shrinking past 2, a flipped crop, an expansion with changed colors, a single pixel, no
 * boxes.
 */
public final class AugmentRows {

    private static final int ROOM = 3;

    private AugmentRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        rows.add(row("widened", 17, 9, new PixelSize(37, 12), 3, Geometry.resize(17, 9), Photometric.NONE));
        rows.add(row(
                "heightened",
                97,
                61,
                new PixelSize(7, 30),
                2,
                Geometry.window(97, 61, -0.2, 0.1, 0.8, 1.3, true),
                Photometric.NONE));
        rows.add(row("resized", 17, 9, 24, 3, Geometry.resize(17, 9), Photometric.NONE));
        rows.add(row("shrunk", 97, 61, 13, 2, Geometry.resize(97, 61), new Photometric(0, 1, 0, 1.3)));
        rows.add(row(
                "cropped and flipped",
                40,
                30,
                16,
                1,
                Geometry.window(40, 30, 0.131, 0.217, 0.773, 0.839, true),
                new Photometric(-12, 1.4, 0, 1)));
        rows.add(row(
                "expanded",
                40,
                30,
                19,
                3,
                Geometry.window(40, 30, -0.29, -0.17, 1.31, 1.43, false),
                new Photometric(20, 0.6, 33, 0.55)));
        rows.add(row("one pixel", 1, 1, 1, 0, Geometry.resize(1, 1), new Photometric(0, 1, -20, 1)));
        return rows;
    }

    private static OperationRow row(
            String name, int width, int height, int side, int boxes, Geometry geometry, Photometric photometric) {
        return row(name, width, height, PixelSize.square(side), boxes, geometry, photometric);
    }

    /** Two images: one as given with a mask, the other resized and without. */
    private static OperationRow row(
            String name,
            int width,
            int height,
            PixelSize canvas,
            int boxes,
            Geometry geometry,
            Photometric photometric) {
        int capacity = width * height + 5;
        ImageParameters[] parameters = {
            new ImageParameters(width, height, true, geometry, photometric),
            ImageParameters.evaluation(width, height, false)
        };
        double[] numbers = new double[2 * ImageParameters.COUNT];
        for (int i = 0; i < 2; i++) {
            FloatBuffer written = FloatBuffer.allocate(ImageParameters.COUNT);
            parameters[i].write(written, 0);
            for (int k = 0; k < ImageParameters.COUNT; k++) {
                numbers[i * ImageParameters.COUNT + k] = written.get(k);
            }
        }
        return OperationRow.named("augment " + name + " (2, " + height + ", " + width + ", 3) to " + canvas)
                .fixed("pixels", DataType.UINT8, Shape.of(2, capacity, 3), Values.integers(0, 255))
                .fixed("masks", DataType.UINT8, Shape.of(2, capacity), Values.integers(0, 255))
                .fixed("parameters", DataType.FLOAT32, Shape.of(2, ImageParameters.COUNT), Values.of(numbers))
                .fixed("boxes", DataType.FLOAT32, Shape.of(2, ROOM, 4), corners(width, height))
                .fixed("labels", DataType.INT32, Shape.of(2, ROOM), Values.integers(0, 9))
                .fixed("counts", DataType.INT32, Shape.of(2), Values.of(boxes, ROOM - boxes))
                .fixed("weights", DataType.FLOAT32, Shape.of(2, 2), Values.of(1, 1, 1, 0))
                .builds((graph, in) -> {
                    Augmented out = Augment.apply(
                            graph,
                            new BatchInputs(
                                    in.get(0), in.get(1), in.get(2), in.get(3), in.get(4), in.get(5), in.get(6)),
                            canvas);
                    return List.of(out.images(), out.masks(), out.boxes(), out.labels(), out.counts());
                })
                .reference(in -> compute(in, parameters, width, height, canvas))
                .tolerance(2e-4, "coordinates are off by 1e-5 of a pixel, a value then by 255 times as much")
                .forwardOnly();
    }

    private static Values corners(int width, int height) {
        return (count, random) -> {
            double[] values = new double[count];
            for (int i = 0; i < count; i += 4) {
                values[i] = (float) (random.nextDouble() * 0.7 * width);
                values[i + 1] = (float) (random.nextDouble() * 0.7 * height);
                values[i + 2] = (float) (values[i] + (0.05 + 0.25 * random.nextDouble()) * width);
                values[i + 3] = (float) (values[i + 1] + (0.05 + 0.25 * random.nextDouble()) * height);
            }
            return values;
        };
    }

    private static double[][] compute(
            double[][] in, ImageParameters[] parameters, int width, int height, PixelSize canvas) {
        double[][] out = {
            new double[2 * canvas.pixels() * 3],
            new double[2 * canvas.pixels()],
            new double[2 * ROOM * 4],
            new double[2 * ROOM],
            new double[2]
        };
        int capacity = in[1].length / 2;
        for (int i = 0; i < 2; i++) {
            DecodedImage image = new DecodedImage(
                    width,
                    height,
                    1,
                    width,
                    height,
                    bytes(in[0], 3 * i * capacity, 3 * width * height),
                    bytes(in[1], i * capacity, width * height));
            ReferenceWarp warp = new ReferenceWarp(image, parameters[i], canvas);
            for (int at = 0; at < canvas.pixels(); at++) {
                double[] pixel = warp.pixel(at % canvas.width(), at / canvas.width());
                System.arraycopy(pixel, 0, out[0], (i * canvas.pixels() + at) * 3, 3);
                out[1][i * canvas.pixels() + at] = warp.label(at % canvas.width(), at / canvas.width());
            }
            int kept = 0;
            for (int j = 0; j < in[5][i]; j++) {
                int box = (i * ROOM + j) * 4;
                Geometry g = parameters[i].geometry();
                double xa = g.canvasX(in[3][box]);
                double ya = g.canvasY(in[3][box + 1]);
                double xb = g.canvasX(in[3][box + 2]);
                double yb = g.canvasY(in[3][box + 3]);
                if (within((xa + xb) / 2) && within((ya + yb) / 2)) {
                    double[] moved = {
                        clip(Math.min(xa, xb)), clip(Math.min(ya, yb)), clip(Math.max(xa, xb)), clip(Math.max(ya, yb))
                    };
                    System.arraycopy(moved, 0, out[2], (i * ROOM + kept) * 4, 4);
                    out[3][i * ROOM + kept++] = in[4][i * ROOM + j];
                }
            }
            out[4][i] = kept;
        }
        return out;
    }

    private static boolean within(double u) {
        return u >= 0 && u < 1;
    }

    private static double clip(double u) {
        return Math.max(0, Math.min(1, u));
    }

    private static byte[] bytes(double[] values, int from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (int) values[from + i];
        }
        return bytes;
    }
}
