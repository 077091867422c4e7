package tandem.bench.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import tandem.engine.Activation;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Differentiable;
import tandem.engine.Graph;
import tandem.engine.Memory;
import tandem.engine.Operation;
import tandem.engine.Recording;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Upsample;
import tandem.engine.optimizer.Accumulation;
import tandem.engine.optimizer.AdamW;
import tandem.engine.optimizer.GradientNorm;
import tandem.engine.optimizer.MovingAverage;
import tandem.engine.optimizer.Optimizer;
import tandem.engine.optimizer.Sgd;
import tandem.engine.optimizer.StepValues;
import tandem.model.detection.BalancedL1Loss;
import tandem.model.detection.FocalLoss;
import tandem.model.detection.Targets;
import tandem.model.segmentation.SegmentationLoss;

/**
 * Bytes per second of the memory-bound kernels, each tensor counted once as read or written, compared with the copy of
 * the device. Arrays are larger than the caches; commands are recorded, so that their launch costs no time.
 */
final class BandwidthPart {

    private static final int REPEATS = 20;
    private static final int ROUNDS = 5;

    private final Device device;
    private final long bytes;
    private final ByteBuffer noise;

    private BandwidthPart(Device device, long bytes) {
        this.device = device;
        this.bytes = bytes;
        this.noise = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.nativeOrder());
        SplittableRandom random = new SplittableRandom(1);
        while (noise.hasRemaining()) {
            noise.putFloat((float) random.nextDouble(-2, 2));
        }
        noise.flip();
    }

    static void run(Settings settings) {
        try (Device device = settings.open()) {
            long bytes = (long) settings.number("mebibytes", 256) << 20;
            settings.requireAllRead();
            BandwidthPart part = new BandwidthPart(device, bytes);
            part.copy();
            part.elementwise();
            part.losses();
            part.optimizers();
        }
    }

    private Buffer filled(long size, boolean floats) {
        Buffer buffer = device.allocate(size, "bandwidth");
        if (floats) {
            for (long at = 0; at < size; at += noise.capacity()) {
                long length = Math.min(noise.capacity(), size - at);
                device.upload(
                        noise.duplicate().order(ByteOrder.nativeOrder()).limit((int) length),
                        buffer.memory().slice(at, length));
            }
        }
        return buffer;
    }

    private void copy() {
        try (Buffer from = filled(bytes, true);
                Buffer to = filled(bytes, false)) {
            report("copy", "limit", 2 * bytes, List.of(device.copy(from.memory(), to.memory())));
        }
    }

    private void elementwise() {
        int channels = 64;
        int size = (int) Math.sqrt(bytes / 4.0 / channels);
        Shape shape = Shape.of(1, size, size, channels);
        Shape half = Shape.of(1, size / 2, size / 2, channels);
        Shape whole = Shape.of(1, size / 2 * 2, size / 2 * 2, channels);
        operations("element-wise", List.of(shape, shape), (graph, in) -> Elementwise.add(graph, in.get(0), in.get(1)));
        operations("element-wise", List.of(shape), (graph, in) -> Elementwise.leakyRelu(graph, in.get(0), 0.1f));
        operations("element-wise", List.of(shape), (graph, in) -> Elementwise.scale(graph, in.get(0), 0.5f));
        operations("resampling", List.of(half), (graph, in) -> Upsample.nearest(graph, in.get(0), 2));
        operations(
                "resampling", List.of(half, whole), (graph, in) -> Upsample.nearestAdd(graph, in.get(0), in.get(1), 2));
        Shape channel = Shape.of(channels);
        operations(
                "normalization",
                List.of(shape, channel, channel, channel, channel),
                (graph, in) -> BatchNorm.train(
                        graph, in.get(0), in.get(1), in.get(2), in.get(3), in.get(4), null, Activation.RELU));
    }

    private void losses() {
        int classes = 20;
        int images = 8;
        int anchors = (int) (bytes / 4 / classes / images);
        List<Shape> targets = List.of(
                Shape.of(images, anchors),
                Shape.of(images, anchors, 4),
                Shape.of(images, anchors),
                Shape.of(images, 2));
        Function<Graph, Targets> declared = graph -> new Targets(
                graph.input("labels", DataType.INT32, Shape.of(images, anchors)),
                graph.input("qualities", DataType.FLOAT32, targets.get(0)),
                graph.input("boxes", DataType.FLOAT32, targets.get(1)),
                graph.input("box_weights", DataType.FLOAT32, targets.get(2)));
        operations(
                "loss",
                List.of(Shape.of(images, anchors, classes), Shape.of(images, 2)),
                (graph, in) -> FocalLoss.apply(graph, in.get(0), declared.apply(graph), in.get(1)));
        operations(
                "loss",
                List.of(Shape.of(images, anchors, 4), Shape.of(images, 2)),
                (graph, in) -> BalancedL1Loss.apply(graph, in.get(0), declared.apply(graph), in.get(1)));
        int size = (int) Math.sqrt(bytes / 4.0 / classes / images);
        operations(
                "loss",
                List.of(Shape.of(images, size, size, classes), Shape.of(images, 2)),
                (graph, in) -> SegmentationLoss.crossEntropy(
                        graph,
                        in.get(0),
                        graph.input("mask", DataType.UINT8, Shape.of(images, size, size)),
                        in.get(1)));
    }

    /** Builds an operation. */
    @FunctionalInterface
    private interface Builder {
        Tensor build(Graph graph, List<Tensor> inputs);
    }

    /** Times each operation of a small graph and of its gradient. */
    private void operations(String kind, List<Shape> shapes, Builder builder) {
        Graph graph = new Graph(new Variables());
        List<Tensor> inputs = new ArrayList<>();
        for (Shape shape : shapes) {
            inputs.add(graph.input("x" + inputs.size(), DataType.FLOAT32, shape));
        }
        Tensor output = builder.build(graph, inputs);
        Operation last = graph.operations().get(graph.operations().size() - 1);
        List<Tensor> upstream = new ArrayList<>();
        boolean[] needed = new boolean[last.inputs().size()];
        for (int i = 0; i < needed.length; i++) {
            needed[i] = shapes.size() > 0 && last.inputs().get(i).type() == DataType.FLOAT32;
        }
        for (Tensor each : last.outputs()) {
            upstream.add(each == output ? graph.input("upstream", DataType.FLOAT32, output.shape()) : null);
        }
        if (last instanceof Differentiable differentiable) {
            differentiable.differentiate(graph, upstream, needed);
        }
        List<Buffer> buffers = new ArrayList<>();
        java.util.Map<Tensor, Memory> memories = new java.util.HashMap<>();
        Operation.Binding binding = tensor -> memories.computeIfAbsent(graph.base(tensor), base -> {
            Buffer buffer = filled(base.bytes(), base.type() == DataType.FLOAT32);
            buffers.add(buffer);
            ByteBuffer constant = graph.constants().get(base);
            if (constant != null) {
                device.upload(constant.duplicate(), buffer.memory());
            }
            return buffer.memory();
        });
        try {
            for (Operation operation : graph.operations()) {
                Operation.Lowered lowered = operation.lower(device);
                Buffer workspace = device.allocate(Math.max(256, lowered.workspaceBytes()), "workspace");
                buffers.add(workspace);
                Set<Tensor> tensors = new LinkedHashSet<>();
                operation.inputs().forEach(tensor -> tensors.add(graph.base(tensor)));
                operation.outputs().forEach(tensor -> tensors.add(graph.base(tensor)));
                List<Command> commands = lowered.bind(binding, workspace.memory());
                if (!commands.isEmpty()) {
                    report(
                            operation.name(),
                            kind,
                            tensors.stream().mapToLong(Tensor::bytes).sum(),
                            commands);
                }
            }
        } finally {
            buffers.forEach(Buffer::close);
        }
    }

    private void optimizers() {
        try (Buffer parameters = filled(bytes, true);
                Buffer gradients = filled(bytes, true);
                Buffer state = device.allocate(2 * bytes, "state");
                GradientNorm norm = new GradientNorm(device, gradients.memory(), 10)) {
            report("gradient_norm", "optimizer", bytes, norm.commands());
            report(
                    "gradient_sum",
                    "optimizer",
                    3 * bytes,
                    List.of(Accumulation.next(device, parameters.memory(), gradients.memory(), 0.5f)));
            for (Optimizer optimizer : List.of(new Sgd(0.9f, 5e-4f), AdamW.withDecay(5e-4f))) {
                try (StepValues values = new StepValues(device, optimizer)) {
                    values.set(1e-3, 1, 0.9);
                    Memory optimizerState = state.memory().slice(0, optimizer.statesPerParameter() * bytes);
                    report(
                            optimizer.launch().kernel(),
                            "optimizer",
                            (3 + 2L * optimizer.statesPerParameter()) * bytes,
                            optimizer.step(
                                    device,
                                    parameters.memory(),
                                    bytes / 4,
                                    gradients.memory(),
                                    optimizerState,
                                    values,
                                    norm));
                    if (optimizer instanceof Sgd) {
                        report(
                                "average_update",
                                "optimizer",
                                3 * bytes,
                                MovingAverage.update(
                                        device, state.memory().slice(0, bytes), parameters.memory(), values, norm));
                    }
                }
            }
        }
    }

    private void report(String name, String kind, long moved, List<Command> commands) {
        List<Command> many = new ArrayList<>();
        for (int i = 0; i < REPEATS; i++) {
            many.addAll(commands);
        }
        double best = Double.POSITIVE_INFINITY;
        try (Recording recording = device.record(many)) {
            for (int round = 0; round < ROUNDS; round++) {
                device.synchronize();
                long start = System.nanoTime();
                recording.replay();
                device.synchronize();
                best = Math.min(best, (System.nanoTime() - start) / 1e9 / REPEATS);
            }
        }
        GpuCheck.print(GpuCheck.line()
                .put("kernel", name)
                .put("kind", kind)
                .put("bytes", moved)
                .put("microseconds", best * 1e6)
                .put("gigabytesPerSecond", moved / best / 1e9));
    }
}
