package tandem.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.network.NetworkSettings;

/**
 * ResNet-18 with stem pooling, context enhancement, FPN, detection towers and the light segmentation head, in PyTorch's
 * layout (N, C, H, W). Input: images. Outputs: location (N, A, 4), confidence (N, A, classes), segmentation (N,
 * classes, S/4, S/4).
 */
final class PeerNetwork extends AbstractBlock {

    private static final int[] WIDTHS = {1, 2, 4, 8};

    private final NetworkSettings settings;
    private final Map<String, Block> blocks = new LinkedHashMap<>();
    private final Map<String, Integer> inputChannels = new LinkedHashMap<>();

    PeerNetwork(NetworkSettings settings) {
        super((byte) 1);
        this.settings = settings;
        encoder();
        neck();
        heads();
    }

    private void encoder() {
        int width = settings.encoderChannels();
        unit("conv1", 3, width, 7, 2, false);
        int channels = width;
        for (int stage = 0; stage < 4; stage++) {
            int outputs = width * WIDTHS[stage];
            for (int block = 0; block < 2; block++) {
                String name = "layer" + stage + block;
                int stride = stage > 0 && block == 0 ? 2 : 1;
                if (stride == 2) {
                    unit(name + "shortcut", channels, outputs, 1, 2, false);
                }
                unit(name + "a", channels, outputs, 3, stride, false);
                unit(name + "b", outputs, outputs, 3, 1, false);
                channels = outputs;
            }
        }
    }

    private void neck() {
        int width = settings.encoderChannels();
        int channels = settings.neckChannels();
        for (int map = 0; map < 3; map++) {
            unit("context" + map, width * WIDTHS[map + 1], channels, 1, 1, true);
        }
        unit("global", width * WIDTHS[3], channels, 1, 1, true);
        for (int level = 0; level < settings.levels(); level++) {
            unit("pyramid" + level, channels, channels, 3, level == 0 ? 1 : 2, true);
            unit("lateral" + level, channels, channels, 1, 1, true);
            unit("fpn" + level, channels, channels, 3, 1, true);
        }
    }

    private void heads() {
        int channels = settings.neckChannels();
        int inner = settings.segmentationChannels();
        for (int level = 0; level < settings.levels(); level++) {
            for (String tower : List.of("location", "confidence")) {
                int values =
                        tower.equals("location") ? 4 : settings.boxClasses().size();
                unit(tower + level + "a", channels, channels, 3, 1, true);
                unit(tower + level + "b", channels, channels, 3, 1, true);
                projection(tower + level + "out", channels, NetworkSettings.ANCHORS_PER_CELL * values, true);
            }
            for (int step = 0; step <= level; step++) {
                unit("branch" + level + step, step == 0 ? channels : inner, inner, 3, 1, true);
            }
        }
        for (int step = 0; step < 3; step++) {
            unit("fuse" + step, inner, inner, 3, 1, true);
        }
        projection("segmentation", inner, settings.maskChannels(), false);
    }

    private void unit(String name, int inputs, int outputs, int window, int stride, boolean bias) {
        Block block = new SequentialBlock()
                .add(Conv2d.builder()
                        .setFilters(outputs)
                        .setKernelShape(new Shape(window, window))
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(window / 2, window / 2))
                        .optBias(bias)
                        .build())
                .add(BatchNorm.builder().build());
        put(name, inputs, block);
    }

    private void projection(String name, int inputs, int outputs, boolean bias) {
        put(
                name,
                inputs,
                Conv2d.builder()
                        .setFilters(outputs)
                        .setKernelShape(new Shape(1, 1))
                        .optBias(bias)
                        .build());
    }

    private void put(String name, int inputs, Block block) {
        blocks.put(name, addChildBlock(name, block));
        inputChannels.put(name, inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        blocks.forEach((name, block) -> block.initialize(manager, type, new Shape(2, inputChannels.get(name), 8, 8)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        long n = shapes[0].get(0);
        int size = (int) shapes[0].get(2);
        int anchors = settings.anchors(size);
        return new Shape[] {
            new Shape(n, anchors, 4),
            new Shape(n, anchors, settings.boxClasses().size()),
            new Shape(n, settings.maskChannels(), size / 4, size / 4)
        };
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
        Run run = new Run(store, training);
        List<NDArray> pyramid = run.pyramid(run.encode(inputs.singletonOrThrow()));
        return new NDList(run.tower(pyramid, "location"), run.tower(pyramid, "confidence"), run.segmentation(pyramid));
    }

    /** One forward pass. */
    private final class Run {

        private final ParameterStore store;
        private final boolean training;

        Run(ParameterStore store, boolean training) {
            this.store = store;
            this.training = training;
        }

        private NDArray linear(String name, NDArray x) {
            return blocks.get(name).forward(store, new NDList(x), training).singletonOrThrow();
        }

        private NDArray leaky(String name, NDArray x) {
            return Activation.leakyRelu(linear(name, x), 0.1f);
        }

        private List<NDArray> encode(NDArray images) {
            NDArray x = Activation.relu(linear("conv1", images));
            x = Pool.maxPool2d(x, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
            List<NDArray> maps = new ArrayList<>();
            for (int stage = 0; stage < 4; stage++) {
                for (int block = 0; block < 2; block++) {
                    String name = "layer" + stage + block;
                    NDArray identity = blocks.containsKey(name + "shortcut") ? linear(name + "shortcut", x) : x;
                    NDArray y = Activation.relu(linear(name + "a", x));
                    x = Activation.relu(linear(name + "b", y).add(identity));
                }
                if (stage > 0) {
                    maps.add(x);
                }
            }
            return maps;
        }

        private List<NDArray> pyramid(List<NDArray> maps) {
            NDArray sum = linear("context0", maps.get(0));
            sum = sum.add(finer(linear("context1", maps.get(1)), 2));
            sum = sum.add(finer(linear("context2", maps.get(2)), 4));
            NDArray last = maps.get(2);
            NDArray mean = Pool.globalAvgPool2d(last)
                    .reshape(last.getShape().get(0), last.getShape().get(1), 1, 1);
            NDArray x = Activation.leakyRelu(sum.add(linear("global", mean)), 0.1f);
            List<NDArray> levels = new ArrayList<>();
            for (int level = 0; level < settings.levels(); level++) {
                x = leaky("pyramid" + level, x);
                levels.add(x);
            }
            for (int level = 0; level < levels.size(); level++) {
                levels.set(level, leaky("lateral" + level, levels.get(level)));
            }
            for (int level = levels.size() - 1; level > 0; level--) {
                levels.set(level - 1, levels.get(level - 1).add(finer(levels.get(level), 2)));
            }
            for (int level = 0; level < levels.size(); level++) {
                levels.set(level, leaky("fpn" + level, levels.get(level)));
            }
            return levels;
        }

        private NDArray tower(List<NDArray> pyramid, String kind) {
            NDList rows = new NDList();
            for (int level = 0; level < pyramid.size(); level++) {
                NDArray x = linear(
                        kind + level + "out", leaky(kind + level + "b", leaky(kind + level + "a", pyramid.get(level))));
                long values = x.getShape().get(1) / NetworkSettings.ANCHORS_PER_CELL;
                rows.add(x.transpose(0, 2, 3, 1).reshape(x.getShape().get(0), -1, values));
            }
            return NDArrays.concat(rows, 1);
        }

        private NDArray segmentation(List<NDArray> pyramid) {
            NDArray sum = null;
            for (int level = 0; level < pyramid.size(); level++) {
                NDArray x = pyramid.get(level);
                for (int step = 0; step <= level; step++) {
                    x = leaky("branch" + level + step, step == 0 ? x : finer(x, 2));
                }
                sum = sum == null ? x : sum.add(x);
            }
            NDArray x = finer(sum, 2);
            for (int step = 0; step < 3; step++) {
                x = leaky("fuse" + step, x);
            }
            return linear("segmentation", x);
        }

        /** Nearest up-sampling. */
        private NDArray finer(NDArray x, int factor) {
            long n = x.getShape().get(0);
            long c = x.getShape().get(1);
            long h = x.getShape().get(2);
            long w = x.getShape().get(3);
            return x.reshape(n, c, h, 1, w, 1)
                    .broadcast(n, c, h, factor, w, factor)
                    .reshape(n, c, h * factor, w * factor);
        }
    }
}
