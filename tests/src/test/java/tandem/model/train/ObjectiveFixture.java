package tandem.model.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
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
import tandem.engine.operation.BackwardPass;
import tandem.model.augment.Augmented;
import tandem.model.distillation.Distillation;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.settings.TrainingSettings;

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
    private final boolean ownsWeights;
    private final int images;
    private final int side;

    /** With the gradients of what {@code wanted} chooses. */
    ObjectiveFixture(
            Device device,
            NetworkSettings settings,
            TrainingSettings training,
            int images,
            int side,
            Function<ObjectiveFixture, Collection<Tensor>> wanted) {
        this(device, settings, training, images, side, wanted, null);
    }

    /** The same network on the same images without gradients. */
    static ObjectiveFixture forward(
            Device device,
            NetworkSettings settings,
            TrainingSettings training,
            int images,
            int side,
            ObjectiveFixture weights) {
        return new ObjectiveFixture(device, settings, training, images, side, self -> List.of(), weights);
    }

    private ObjectiveFixture(
            Device device,
            NetworkSettings settings,
            TrainingSettings training,
            int images,
            int side,
            Function<ObjectiveFixture, Collection<Tensor>> wanted,
            ObjectiveFixture shared) {
        Network network = new Network(settings);
        this.images = images;
        this.side = side;
        variables = shared != null ? shared.variables : network.variables();
        graph = new Graph(variables);
        batch = new Augmented(
                graph.input("images", DataType.FLOAT32, Shape.of(images, side, side, 3)),
                graph.input("masks", DataType.UINT8, Shape.of(images, side, side)),
                graph.input("boxes", DataType.FLOAT32, Shape.of(images, BOXES, 4)),
                graph.input("labels", DataType.INT32, Shape.of(images, BOXES)),
                graph.input("counts", DataType.INT32, Shape.of(images)),
                graph.input("weights", DataType.FLOAT32, Shape.of(images, 2)));
        outputs = network.training(graph, batch.images());
        objective = Objective.append(graph, settings, training, outputs, batch, Distillation.none());
        Collection<Tensor> chosen = wanted.apply(this);
        gradients = chosen.isEmpty() ? Map.of() : BackwardPass.append(graph, objective.total(), chosen);
        ownsWeights = shared == null;
        weights = ownsWeights ? new Weights(device, variables) : shared.weights;
        if (ownsWeights) {
            weights.initialize(training.seed());
        }
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

    /** In each image a small, a middling and a large box, of both classes. */
    void boxes() {
        float[] sides = {0.2f, 0.5f, 0.93f};
        float[] corners = new float[images * BOXES * 4];
        int[] labels = new int[images * BOXES];
        int[] counts = new int[images];
        for (int i = 0; i < images; i++) {
            for (int j = 0; j < BOXES; j++) {
                int at = BOXES * i + j;
                float left = (1 - sides[j]) * i / images;
                corners[4 * at] = left;
                corners[4 * at + 1] = 0.05f;
                corners[4 * at + 2] = left + sides[j];
                corners[4 * at + 3] = 0.05f + sides[j];
                labels[at] = (i + j) % 2;
            }
            counts[i] = BOXES;
        }
        floats(batch.boxes(), corners);
        integers(batch.labels(), labels);
        integers(batch.counts(), counts);
    }

    /** Uploads the boxes again with those of one image elsewhere. */
    void moveBoxes(int image) {
        float[] corners = read(batch.boxes());
        for (int j = 0; j < 4 * BOXES; j++) {
            int at = 4 * BOXES * image + j;
            corners[at] = 0.9f * corners[at] + (j % 2 == 0 ? 0.07f : 0.02f);
        }
        floats(batch.boxes(), corners);
    }

    /** Like the other, with stripes of another width in some images. */
    void masks(int width, int otherWidth, int... others) {
        masks(width);
        ByteBuffer bytes = direct(batch.masks());
        program.download(batch.masks(), bytes.duplicate());
        for (int image : others) {
            for (int i = image * side * side; i < (image + 1) * side * side; i++) {
                bytes.put(i, (byte) (i % side / otherWidth % 3));
            }
        }
        program.upload(batch.masks(), bytes);
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
        if (ownsWeights) {
            weights.close();
        }
    }
}
