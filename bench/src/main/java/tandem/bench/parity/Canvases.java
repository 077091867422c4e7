package tandem.bench.parity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.augment.Augment;
import tandem.model.augment.Augmented;
import tandem.model.augment.BatchInputs;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.StagedBatch;
import tandem.model.data.ImageCache;
import tandem.model.detection.Anchors;
import tandem.model.detection.GroundTruth;
import tandem.model.detection.Matching;
import tandem.model.detection.Targets;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.SafetensorsWriter;

/**
 * Every image of a data set as the network receives it without augmentation, in the order of the data set, as the
 * float32 tensors of one safetensors file: {@code images} (M, S, S, 3), {@code masks} (M, S, S), {@code boxes} (M, G,
 * 4), {@code labels} (M, G), {@code counts} (M) and {@code weights} (M, 2), which are those of {@link Augmented};
 * {@code targets} (M, A) and {@code offsets} (M, A, 4), the labels and boxes of {@link Targets} by overlap.
 */
final class Canvases {

    private Canvases() {}

    static void write(Device device, ImageCache images, NetworkSettings network, Path file) throws IOException {
        int count = images.data().size();
        BatchShape shape = BatchShape.of(images, 1);
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        BatchInputs inputs = BatchInputs.declare(graph, 1, shape.pixels(), shape.boxes());
        PixelSize size = network.inputSize();
        Augmented batch = Augment.apply(graph, inputs, size);
        Tensor anchors = Anchors.of(size.width(), size.height(), network.anchorBase(), network.strides())
                .constant(graph);
        Targets targets = Matching.iou(graph, anchors, new GroundTruth(batch.boxes(), batch.labels(), batch.counts()));
        Tensor[] tensors = {
            graph.keep(batch.images()),
            graph.keep(batch.masks()),
            graph.keep(batch.boxes()),
            graph.keep(batch.labels()),
            graph.keep(batch.counts()),
            batch.weights(),
            graph.keep(targets.labels()),
            graph.keep(targets.boxes())
        };
        String[] names = {"images", "masks", "boxes", "labels", "counts", "weights", "targets", "offsets"};
        float[][] values = new float[tensors.length][];
        for (int i = 0; i < tensors.length; i++) {
            values[i] = new float[Math.multiplyExact(count, Math.toIntExact(tensors[i].elements()))];
        }
        try (Weights none = new Weights(device, variables);
                Program program = Program.of(device, graph, none, null);
                BatchStager stager = BatchStager.evaluation(images, shape, 1)) {
            for (int image = 0; image < count; image++) {
                StagedBatch staged = stager.next();
                staged.upload(program, inputs);
                program.run();
                for (int i = 0; i < tensors.length; i++) {
                    read(program, tensors[i], values[i], image);
                }
            }
        }
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int i = 0; i < tensors.length; i++) {
            int[] dims = tensors[i].shape().toArray();
            dims[0] = count;
            float[] all = values[i];
            writer.add(names[i], dims, () -> all);
        }
        writer.write(file);
    }

    private static void read(Program program, Tensor tensor, float[] values, int row) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes.duplicate().order(ByteOrder.nativeOrder()));
        int count = Math.toIntExact(tensor.elements());
        for (int i = 0; i < count; i++) {
            values[row * count + i] = switch (tensor.type()) {
                case FLOAT32 -> bytes.getFloat(4 * i);
                case INT32 -> bytes.getInt(4 * i);
                case UINT8 -> bytes.get(i) & 0xFF;
                default -> throw new IllegalArgumentException("a canvas has no tensor of " + tensor.type());
            };
        }
    }
}
