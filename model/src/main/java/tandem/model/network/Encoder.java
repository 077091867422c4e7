package tandem.model.network;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Tensor;
import tandem.engine.operation.Pool;

/** The residual network, under torchvision's names prefixed by {@code encoder.}; multas-spec 1.2. */
final class Encoder {

    private final Layers layers;
    private final NetworkSettings settings;

    /** Whether a variable belongs to the first {@code parts} of stem, layer1, ..., layer4. */
    static boolean within(String variable, int parts) {
        if (!variable.startsWith("encoder.")) {
            return false;
        }
        String part = variable.substring("encoder.".length());
        return parts > (part.startsWith("layer") ? part.charAt("layer".length()) - '0' : 0);
    }

    Encoder(Layers layers, NetworkSettings settings) {
        this.layers = layers;
        this.settings = settings;
    }

    /**
     * The feature maps that the neck reads.
     *
     * @param images (N, S, S, 3), normalized
     * @return finest first: strides 8, 16 without stem pooling, and 8, 16, 32 with it
     */
    List<Tensor> maps(Tensor images) {
        int width = settings.encoderChannels();
        Tensor x = layers.unit(images, ConvolutionUnit.encoder("conv1", "bn1", width, 7, 2), null, Activation.RELU);
        if (settings.stemPooling()) {
            x = Pool.max(layers.graph(), x, 3, 2, 1);
        }
        List<Tensor> maps = new ArrayList<>();
        int first = settings.stemPooling() ? 1 : 2;
        for (int stage = 0; stage < 4; stage++) {
            for (int block = 0; block < settings.encoder().blocks(stage); block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                x = block(x, "layer" + (stage + 1) + "." + block + ".", width << stage, stride);
            }
            if (stage >= first) {
                maps.add(x);
            }
        }
        return maps;
    }

    private Tensor block(Tensor x, String name, int width, int stride) {
        boolean bottleneck = settings.encoder().bottleneck();
        int outputs = bottleneck ? 4 * width : width;
        Tensor identity = x;
        if (stride != 1 || x.shape().dim(-1) != outputs) {
            identity = layers.unit(
                    x,
                    ConvolutionUnit.encoder(name + "downsample.0", name + "downsample.1", outputs, 1, stride),
                    null,
                    Activation.NONE);
        }
        if (bottleneck) {
            x = layers.unit(
                    x, ConvolutionUnit.encoder(name + "conv1", name + "bn1", width, 1, 1), null, Activation.RELU);
            x = layers.unit(
                    x, ConvolutionUnit.encoder(name + "conv2", name + "bn2", width, 3, stride), null, Activation.RELU);
            return layers.unit(
                    x,
                    ConvolutionUnit.encoder(name + "conv3", name + "bn3", outputs, 1, 1)
                            .blockEnd(),
                    identity,
                    Activation.RELU);
        }
        x = layers.unit(
                x, ConvolutionUnit.encoder(name + "conv1", name + "bn1", width, 3, stride), null, Activation.RELU);
        return layers.unit(
                x,
                ConvolutionUnit.encoder(name + "conv2", name + "bn2", outputs, 3, 1)
                        .blockEnd(),
                identity,
                Activation.RELU);
    }
}
