package tandem.model.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.augment.Augmented;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;

/** The whole network and its losses on images, boxes and masks that a test sets, without augmentation. */
final class ObjectiveFixture implements AutoCloseable {

    static final int BOXES = 3;

    final Graph graph;
    final Augmented batch;
    final Outputs outputs;
    final Objective objective;
    final Map<Tensor, Tensor> gradients;
    final Variables variables;
    final Weights weights;
    final Gradients arena;
    final Program program;
    private final int images;
    private final int side;

    ObjectiveFixture(Device device, NetworkSettings settings, TrainingSettings training, int images, int side,
            Function<ObjectiveFixture, Collection<Tensor>> wanted) {
        Network network = new Network(settings);
        this.images = images;
        this.side = side;
        variables = network.variables();
        graph = new Graph(variables);
        batch = new Augmented(graph.input("images", DataType.FLOAT32, Shape.of(images, side, side, 3)),
                graph.input("masks", DataType.UINT8, Shape.of(images, side, side)),
                graph.input("boxes", DataType.FLOAT32, Shape.of(images, BOXES, 4)),
                graph.input("labels", DataType.INT32, Shape.of(images, BOXES)),
                graph.input("counts", DataType.INT32, Shape.of(images)),
                graph.input("weights", DataType.FLOAT32, Shape.of(images, 2)));
        outputs = network.training(graph, batch.images());
        objective = Objective.append(graph, settings, training, outputs, batch);
        gradients = graph.differentiate(objective.total(), wanted.apply(this));
        weights = new Weights(device, variables);
        weights.initialize(training.seed());
        arena = new Gradients(device, weights);
        program = Program.of(device, graph, weights, arena);
        images(new SplittableRandom(training.seed()));
    }

    private void images(SplittableRandom random) {
        ByteBuffer bytes = direct(batch.images());
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (2 * random.nextDouble() - 1));
        }
        program.upload(batch.images(), bytes.flip());
    }

    static ByteBuffer direct(Tensor tensor) {
        return ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
    }

    void floats(Tensor input, float... values) {
        ByteBuffer bytes = direct(input);
        bytes.asFloatBuffer().put(values);
        program.upload(input, bytes);
    }

    void integers(Tensor input, int... values) {
        ByteBuffer bytes = direct(input);
        bytes.asIntBuffer().put(values);
        program.upload(input, bytes);
    }

    /** In each image a box of class i % 2 of half the side, at a place of its own. */
    void boxes() {
        float[] corners = new float[images * BOXES * 4];
        int[] labels = new int[images * BOXES];
        int[] counts = new int[images];
        for (int i = 0; i < images; i++) {
            float left = 0.1f + 0.1f * i;
            corners[4 * BOXES * i] = left;
            corners[4 * BOXES * i + 1] = 0.2f;
            corners[4 * BOXES * i + 2] = left + 0.5f;
            corners[4 * BOXES * i + 3] = 0.75f;
            labels[BOXES * i] = i % 2;
            counts[i] = 1;
        }
        floats(batch.boxes(), corners);
        integers(batch.labels(), labels);
        integers(batch.counts(), counts);
    }

    /** Vertical stripes of classes 0, 1, 2 and ignored pixels, {@code width} pixels wide. */
    void masks(int width) {
        ByteBuffer bytes = direct(batch.masks());
        for (int i = 0; i < bytes.capacity(); i++) {
            int stripe = i % side / width % 4;
            bytes.put(i, (byte) (stripe == 3 ? 255 : stripe));
        }
        program.upload(batch.masks(), bytes);
    }

    float[] read(Tensor tensor) {
        ByteBuffer bytes = direct(tensor);
        program.download(tensor, bytes.duplicate());
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    float loss() {
        program.run();
        return read(objective.total())[0];
    }

    @Override
    public void close() {
        program.close();
        arena.close();
        weights.close();
    }
}
