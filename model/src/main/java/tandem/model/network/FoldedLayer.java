package tandem.model.network;

import tandem.engine.Activation;
import tandem.engine.Tensor;

/**
 * A convolution of the folded form: activation(convolution + bias + residual).
 *
 * @param name the prefix of the names of its variables, such as {@code encoder.layer1.0.conv1}
 * @param x (N, H, W, C)
 * @param filter (K, R, S, C)
 * @param bias (K), or null
 * @param residual of the result's shape, or null
 */
public record FoldedLayer(
        String name,
        Tensor x,
        Tensor filter,
        Tensor bias,
        Tensor residual,
        Activation activation,
        int stride,
        int padding) {}
