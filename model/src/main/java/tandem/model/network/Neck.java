package tandem.model.network;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.Merge;
import tandem.engine.operation.Pool;

/** Context enhancement and the feature pyramid; multas-spec 1.3. */
final class Neck {

    private static final float SLOPE = 0.1f;

    private final Layers layers;
    private final Graph graph;
    private final NetworkSettings settings;

    Neck(Layers layers, NetworkSettings settings) {
        this.layers = layers;
        this.graph = layers.graph();
        this.settings = settings;
    }

    /**
     * The pyramid.
     *
     * @param maps of the encoder, finest (stride 8) first, each half the size of the one before
     * @return one (N, ceil(S / 2^(3+k)), ceil(S / 2^(3+k)), neckChannels) map per level k
     */
    List<Tensor> pyramid(List<Tensor> maps) {
        List<Tensor> levels = new ArrayList<>();
        Tensor x = context(maps);
        for (int level = 0; level < settings.levels(); level++) {
            x = convolution(x, "neck.pyramid." + level, 3, level == 0 ? 1 : 2);
            levels.add(x);
        }
        topDown(levels);
        if (settings.neck() == NeckType.PAFPN) {
            bottomUp(levels);
        }
        return levels;
    }

    private Tensor context(List<Tensor> maps) {
        List<Tensor> projected = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            projected.add(linear(maps.get(i), "neck.context." + i));
        }
        Tensor global = linear(Pool.globalAverage(graph, maps.get(maps.size() - 1)), "neck.context.global");
        return Merge.enhance(graph, projected, global, SLOPE);
    }

    private void topDown(List<Tensor> levels) {
        for (int level = 0; level < levels.size(); level++) {
            levels.set(level, convolution(levels.get(level), "neck.lateral." + level, 1, 1));
        }
        for (int level = levels.size() - 1; level > 0; level--) {
            levels.set(level - 1, Finer.add(graph, levels.get(level), levels.get(level - 1)));
        }
        for (int level = 0; level < levels.size(); level++) {
            levels.set(level, convolution(levels.get(level), "neck.fpn." + level, 3, 1));
        }
    }

    private void bottomUp(List<Tensor> levels) {
        for (int level = 0; level + 1 < levels.size(); level++) {
            Tensor down = convolution(levels.get(level), "neck.down." + level, 3, 2);
            levels.set(level + 1, Elementwise.add(graph, levels.get(level + 1), down));
        }
        for (int level = 0; level < levels.size(); level++) {
            levels.set(level, convolution(levels.get(level), "neck.pafpn." + level, 3, 1));
        }
    }

    private Tensor convolution(Tensor x, String name, int window, int stride) {
        return layers.basic(x, name, settings.neckChannels(), window, stride);
    }

    private Tensor linear(Tensor x, String name) {
        return layers.unit(x, ConvolutionUnit.basic(name, settings.neckChannels(), 1, 1), null, Activation.NONE);
    }
}
