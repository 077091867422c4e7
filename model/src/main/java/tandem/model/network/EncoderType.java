package tandem.model.network;

/** The type of the residual network (He et al. 2016, table 1; stride on the 3x3 convolution of a bottleneck). */
public enum EncoderType {
    /** Basic blocks, 2-2-2-2. */
    RESNET18(false, 2, 2, 2, 2),
    /** Basic blocks, 3-4-6-3. */
    RESNET34(false, 3, 4, 6, 3),
    /** Bottleneck blocks, 3-4-6-3. */
    RESNET50(true, 3, 4, 6, 3);

    private final boolean bottleneck;
    private final int[] blocks;

    EncoderType(boolean bottleneck, int... blocks) {
        this.bottleneck = bottleneck;
        this.blocks = blocks;
    }

    /** Whether a block is 1x1, 3x3, 1x1 with four times the channels at its end, rather than 3x3, 3x3. */
    boolean bottleneck() {
        return bottleneck;
    }

    /** Blocks of stage 0 to 3 (layer1 to layer4). */
    int blocks(int stage) {
        return blocks[stage];
    }
}
