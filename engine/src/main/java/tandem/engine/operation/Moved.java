package tandem.engine.operation;

import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * How a kernel that only moves values walks over a tensor: four neighboring bytes are one FLOAT32.
 *
 * @param type of the elements that it moves
 * @param shape of the tensor in these elements
 */
record Moved(DataType type, Shape shape) {

    private static final int BYTES = 4;

    /** {@code x} (N, H, W, C), of floating-point elements, or UINT8 with C a multiple of 4. */
    static Moved of(String operation, Tensor x) {
        Require.layout(operation, x, "(N, H, W, C)");
        Require.count(operation, x);
        if (x.type() != DataType.UINT8) {
            return new Moved(Require.stored(operation, x), x.shape());
        }
        Shape shape = x.shape();
        if (shape.dim(3) % BYTES != 0) {
            throw new IllegalArgumentException(operation + " needs a multiple of " + BYTES + " channels, got " + x);
        }
        return new Moved(DataType.FLOAT32, Shape.of(shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3) / BYTES));
    }
}
