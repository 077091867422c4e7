package tandem.bench.inspection;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The exported file in ONNX Runtime for Java, with its default options but for the number of threads. */
final class OnnxRuntimeRunner implements FrameRunner {

    /** A long class path overflows the usual stack while the environment is made (ONNX Runtime 1.29). */
    private static final long STACK = 64L << 20;

    private final OrtSession session;
    private final OnnxTensor frame;
    private final Map<String, OnnxTensor> inputs;
    private final int pixels;
    private final int rows;
    private final float[] boxes;
    private final float[] scores;
    private final int[] labels;
    private final byte[] mask;
    private int count;

    OnnxRuntimeRunner(Workload workload, Precision precision, ByteBuffer bytes, Path folder, int threads) {
        try {
            FutureTask<OrtEnvironment> making = new FutureTask<>(OrtEnvironment::getEnvironment);
            new Thread(null, making, "ONNX Runtime", STACK).start();
            OrtEnvironment environment = making.get();
            OrtSession.SessionOptions options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(workload.onnx(folder, precision).toString(), options);
            int size = workload.size();
            frame = OnnxTensor.createTensor(environment, bytes, new long[] {1, size, size, 3}, OnnxJavaType.UINT8);
            inputs = Map.of("frames", frame);
            pixels = size * size;
            mask = new byte[pixels];
            rows = 100;
            boxes = new float[4 * rows];
            scores = new float[rows];
            labels = new int[rows];
        } catch (OrtException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void frame() {
        try (OrtSession.Result result = session.run(inputs)) {
            count = ints(result, "counts").get(0);
            floats(result, "boxes").get(boxes);
            floats(result, "scores").get(scores);
            ints(result, "labels").get(labels);
            ((OnnxTensor) result.get("masks").orElseThrow()).getByteBuffer().get(mask);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FloatBuffer floats(OrtSession.Result result, String name) {
        return ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
    }

    private static IntBuffer ints(OrtSession.Result result, String name) {
        return ((OnnxTensor) result.get(name).orElseThrow()).getIntBuffer();
    }

    @Override
    public List<Found> found() {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(new Found(labels[i], scores[i], java.util.Arrays.copyOfRange(boxes, 4 * i, 4 * i + 4)));
        }
        return found;
    }

    @Override
    public byte[] mask() {
        return mask.clone();
    }

    @Override
    public void close() {
        try {
            frame.close();
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
