package tandem.model.coco;

import java.util.List;

/** The pixels of an object in a COCO file. */
public sealed interface Outline {

    /**
     * The pixels inside.
     *
     * @param width columns of the image, in pixels
     * @param height rows of the image, in pixels
     * @throws IllegalArgumentException when the outline is damaged or belongs to an image of another size
     */
    RunLengthMask draw(int width, int height);

    /** Polygons, each (x0, y0, x1, y1, ...) in pixels; a pixel inside any of them is inside. */
    record Polygons(List<double[]> polygons) implements Outline {
        /** Copies the list. */
        public Polygons {
            polygons = List.copyOf(polygons);
        }

        @Override
        public RunLengthMask draw(int width, int height) {
            if (width <= 0 || height <= 0) {
                throw new IllegalArgumentException("polygons need the width and height of their image");
            }
            return RunLengthMask.ofPolygons(width, height, polygons.toArray(double[][]::new));
        }
    }

    /** Run lengths with their image size in pixels. */
    record Runs(int runWidth, int runHeight, int[] counts) implements Outline {
        @Override
        public RunLengthMask draw(int width, int height) {
            requireSize(runWidth, runHeight, width, height);
            return new RunLengthMask(runWidth, runHeight, counts);
        }
    }

    /** Run lengths as COCO's compressed text, with their image size in pixels. */
    record CompressedRuns(int runWidth, int runHeight, String counts) implements Outline {
        @Override
        public RunLengthMask draw(int width, int height) {
            requireSize(runWidth, runHeight, width, height);
            return RunLengthMask.parse(runWidth, runHeight, counts);
        }
    }

    private static void requireSize(int runWidth, int runHeight, int width, int height) {
        if (width > 0 && height > 0 && (runWidth != width || runHeight != height)) {
            throw new IllegalArgumentException("run lengths are of %d x %d pixels, but the image has %d x %d"
                    .formatted(runWidth, runHeight, width, height));
        }
    }
}
