package tandem.model.settings;

import tandem.engine.DataType;

/**
 * Precision of activations and filters in training. Weights, their average, losses and statistics are always float32.
 */
public enum Precision {
    /** 32-bit floats. */
    FLOAT32(DataType.FLOAT32),
    /** 16-bit brain floats: the exponent of float32, 8 bits of precision. */
    BFLOAT16(DataType.BFLOAT16),
    /** 16-bit IEEE floats, with a loss scale, so that small gradients do not underflow. */
    FLOAT16(DataType.FLOAT16);

    private final DataType storage;

    Precision(DataType storage) {
        this.storage = storage;
    }

    /** The type of activations and filters. */
    public DataType storage() {
        return storage;
    }

    /** Whether gradients need a scaled loss. */
    public boolean scalesLoss() {
        return this == FLOAT16;
    }
}
