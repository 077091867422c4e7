package tandem.tools.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An exported file in ONNX Runtime, with one thread. */
final class OnnxRun implements AutoCloseable {

    /** A detection in pixels of the frame. */
    record Found(int label, float score, float[] box) {

        double iou(float... other) {
            double width = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
            double height = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
            if (width <= 0 || height <= 0) {
                return 0;
            }
            double area = (double) (box[2] - box[0]) * (box[3] - box[1])
                    + (double) (other[2] - other[0]) * (other[3] - other[1]);
            return width * height / (area - width * height);
        }
    }

    /**
     * What the file outputs for one frame; the mask is null without segmentation, the boxes are null without detection.
     */
    record Output(List<Found> found, byte[] mask) {}

    private static final long STACK = 64 << 20;

    private final OrtEnvironment environment = environment();
    private final OrtSession session;

    OnnxRun(byte[] model) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        session = environment.createSession(model, options);
    }

    /**
     * ONNX Runtime 1.29 recurses when its environment is made, with a depth that increases with the length of the
     * command line: a long class path overflows the usual stack of 1 MiB, which ends the process.
     */
    private static OrtEnvironment environment() {
        FutureTask<OrtEnvironment> making = new FutureTask<>(OrtEnvironment::getEnvironment);
        new Thread(null, making, "ONNX Runtime", STACK).start();
        try {
            return making.get();
        } catch (InterruptedException | ExecutionException problem) {
            throw new IllegalStateException(problem);
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    /** Runs a batch; detections with a score above {@code score} are suppressed here where the file does not. */
    List<Output> run(List<byte[]> frames, int width, int height, int channels, float score, int limit)
            throws OrtException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(frames.size() * width * height * channels);
        frames.forEach(bytes::put);
        try (OnnxTensor input = OnnxTensor.createTensor(
                        environment,
                        bytes.flip(),
                        new long[] {frames.size(), height, width, channels},
                        OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("frames", input))) {
            List<Output> outputs = new ArrayList<>();
            for (int frame = 0; frame < frames.size(); frame++) {
                outputs.add(new Output(found(result, frame, score, limit), mask(result, frame, width * height)));
            }
            return outputs;
        }
    }

    private static byte[] mask(OrtSession.Result result, int frame, int pixels) {
        if (result.get("masks").isEmpty()) {
            return null;
        }
        byte[] mask = new byte[pixels];
        ((OnnxTensor) result.get("masks").get()).getByteBuffer().get(frame * pixels, mask);
        return mask;
    }

    private static List<Found> found(OrtSession.Result result, int frame, float score, int limit) {
        if (result.get("boxes").isEmpty()) {
            return null;
        }
        OnnxTensor boxes = (OnnxTensor) result.get("boxes").get();
        OnnxTensor scores = (OnnxTensor) result.get("scores").get();
        int rows = (int) boxes.getInfo().getShape()[1];
        float[] corners = new float[4 * rows];
        boxes.getFloatBuffer().get(frame * corners.length, corners);
        List<Found> found = new ArrayList<>();
        if (result.get("counts").isPresent()) {
            int count = ((OnnxTensor) result.get("counts").get()).getIntBuffer().get(frame);
            for (int i = 0; i < count; i++) {
                found.add(new Found(
                        ((OnnxTensor) result.get("labels").get()).getIntBuffer().get(frame * rows + i),
                        scores.getFloatBuffer().get(frame * rows + i),
                        box(corners, i)));
            }
            return found;
        }
        int classes = (int) scores.getInfo().getShape()[2];
        for (int i = 0; i < rows * classes; i++) {
            float value = scores.getFloatBuffer().get(frame * rows * classes + i);
            if (value > score) {
                found.add(new Found(i % classes, value, box(corners, i / classes)));
            }
        }
        return suppressed(found, limit);
    }

    private static float[] box(float[] corners, int row) {
        return new float[] {corners[4 * row], corners[4 * row + 1], corners[4 * row + 2], corners[4 * row + 3]};
    }

    private static List<Found> suppressed(List<Found> all, int limit) {
        List<Found> sorted = new ArrayList<>(all);
        sorted.sort((a, b) -> Float.compare(b.score(), a.score()));
        List<Found> kept = new ArrayList<>();
        for (Found next : sorted) {
            if (kept.size() < limit
                    && kept.stream()
                            .noneMatch(better -> better.label() == next.label() && better.iou(next.box()) > 0.5)) {
                kept.add(next);
            }
        }
        return kept;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
