package tandem.model.network;

import java.util.List;
import tandem.engine.Tensor;

/**
 * The outputs of a network for a batch of N images of S x S pixels.
 *
 * @param location encoded box offsets, FLOAT32 (N, A, 4), or null without detection
 * @param confidence class logits, FLOAT32 (N, A, boxClasses), or null without detection
 * @param segmentation logits, FLOAT32 (N, h, w, maskChannels), h and w being S/4 (light head) or S; null without
 *     segmentation
 * @param encoder the input maps of the neck, finest first
 * @param pyramid the neck's maps in the type of the images, finest first, (N, ceil(S / 2^(3+k)), ceil(S / 2^(3+k)),
 *     neckChannels)
 */
public record Outputs(
        Tensor location, Tensor confidence, Tensor segmentation, List<Tensor> encoder, List<Tensor> pyramid) {}
