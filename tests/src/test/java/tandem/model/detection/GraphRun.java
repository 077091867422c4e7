package tandem.model.detection;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;

/** A graph under test with the values of its inputs: build it, {@link #run} it once or more, read what it kept. */
final class GraphRun implements AutoCloseable {

    final Graph graph = new Graph(new Variables());
    private final Map<Tensor, ByteBuffer> values = new LinkedHashMap<>();
    private final CpuDevice device;
    private Program program;

    /** A run of a small case, with every access of the kernels checked. */
    static GraphRun small() {
        return new GraphRun(true);
    }

    /** A run of a large case, at full speed. */
    static GraphRun large() {
        return new GraphRun(false);
    }

    private GraphRun(boolean checked) {
        device = new CpuDevice(CpuDevice.Options.standard().withChecked(checked));
    }

    Tensor floats(String name, Shape shape, float... content) {
        Tensor tensor = graph.input(name, DataType.FLOAT32, shape);
        set(tensor, content);
        return tensor;
    }

    Tensor ints(String name, Shape shape, int... content) {
        Tensor tensor = graph.input(name, DataType.INT32, shape);
        ByteBuffer bytes = buffer(content.length * 4L);
        bytes.asIntBuffer().put(content);
        values.put(tensor, bytes);
        return tensor;
    }

    void set(Tensor tensor, float... content) {
        ByteBuffer bytes = buffer(content.length * 4L);
        bytes.asFloatBuffer().put(content);
        values.put(tensor, bytes);
    }

    GroundTruth truth(Boxes boxes) {
        int n = boxes.counts().length;
        int g = boxes.limit();
        return new GroundTruth(
                floats("boxes", Shape.of(n, g, 4), boxes.corners()),
                ints("box_labels", Shape.of(n, g), boxes.labels()),
                ints("box_counts", Shape.of(n), boxes.counts()));
    }

    Targets keep(Targets targets) {
        graph.keep(targets.labels());
        graph.keep(targets.qualities());
        graph.keep(targets.boxes());
        graph.keep(targets.boxWeights());
        return targets;
    }

    GraphRun run() {
        if (program == null) {
            program = Program.of(device, graph, null, null);
        }
        values.forEach(
                (tensor, bytes) -> program.upload(tensor, bytes.duplicate().order(ByteOrder.nativeOrder())));
        program.run();
        return this;
    }

    float[] floats(Tensor tensor) {
        ByteBuffer bytes = buffer(tensor.bytes());
        program.download(tensor, bytes);
        float[] content = new float[Math.toIntExact(tensor.elements())];
        bytes.rewind().order(ByteOrder.nativeOrder()).asFloatBuffer().get(content);
        return content;
    }

    int[] ints(Tensor tensor) {
        ByteBuffer bytes = buffer(tensor.bytes());
        program.download(tensor, bytes);
        int[] content = new int[Math.toIntExact(tensor.elements())];
        bytes.rewind().order(ByteOrder.nativeOrder()).asIntBuffer().get(content);
        return content;
    }

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
        }
        device.close();
    }
}
