package tandem.bench.inspection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** One side of the comparison: a loaded network that inspects the frame of its {@link Workload} again and again. */
interface FrameRunner extends AutoCloseable {

    /** The names of both sides. */
    enum Side {
        TANDEM,
        ONNX_RUNTIME;

        /**
         * Loads the network.
         *
         * @param frame RGB bytes of the workload's size in direct memory; its values may change between frames
         */
        FrameRunner open(
                Workload workload,
                Precision precision,
                ByteBuffer frame,
                Path folder,
                int threads,
                boolean measured,
                int keepWarm)
                throws IOException {
            return this == TANDEM
                    ? new TandemRunner(workload, precision, frame, folder, threads, measured, keepWarm)
                    : new OnnxRuntimeRunner(workload, precision, frame, folder, threads);
        }
    }

    /**
     * A detection.
     *
     * @param label index of its class
     * @param score 0 to 1
     * @param corners left, top, right, bottom in pixels
     */
    record Found(int label, float score, float[] corners) {

        double iou(Found other) {
            double width = Math.min(corners[2], other.corners[2]) - Math.max(corners[0], other.corners[0]);
            double height = Math.min(corners[3], other.corners[3]) - Math.max(corners[1], other.corners[1]);
            double both = Math.max(0, width) * Math.max(0, height);
            return both / (area() + other.area() - both);
        }

        private double area() {
            return (double) (corners[2] - corners[0]) * (corners[3] - corners[1]);
        }
    }

    /** Inspects the frame: boxes and mask are then in memory of the caller. */
    void frame();

    /** The detections of the last frame. */
    List<Found> found();

    /** The mask of the last frame, a class for each pixel. */
    byte[] mask();

    @Override
    void close();
}
