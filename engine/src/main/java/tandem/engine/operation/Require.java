package tandem.engine.operation;

import tandem.engine.DataType;
import tandem.engine.Tensor;

/** What operations demand of their inputs. Each failure names the operation, the tensor, and what was expected. */
public final class Require {

    private Require() {}

    /** FLOAT32 elements. */
    public static void float32(String operation, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            type(operation, tensor, DataType.FLOAT32);
        }
    }

    /** Floating-point elements, of the same type in all. */
    static DataType stored(String operation, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!tensor.type().floating()) {
                throw new IllegalArgumentException(operation + " needs floating-point elements, got " + tensor);
            }
            type(operation, tensor, tensors[0].type());
        }
        return tensors[0].type();
    }

    /** Elements of the given type. */
    public static void type(String operation, Tensor tensor, DataType type) {
        if (tensor.type() != type) {
            throw new IllegalArgumentException(operation + " needs " + type + " elements, got " + tensor);
        }
    }

    /** The same shape for both. */
    public static void sameShape(String operation, Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            throw new IllegalArgumentException(operation + " needs two tensors of one shape, got " + a + " and " + b);
        }
    }

    /** As many dimensions as {@code layout} names, such as {@code (N, H, W, C)}. */
    public static void layout(String operation, Tensor tensor, String layout) {
        if (tensor.shape().rank() != layout.split(",").length) {
            throw new IllegalArgumentException(operation + " needs a tensor of layout " + layout + ", got " + tensor);
        }
    }

    /** One element. */
    static void scalar(String operation, Tensor tensor) {
        if (tensor.elements() != 1) {
            throw new IllegalArgumentException(operation + " needs a scalar, got " + tensor);
        }
    }

    /** The number of elements, as the 32-bit count that kernels take. */
    public static int count(String operation, Tensor tensor) {
        if (tensor.elements() > Integer.MAX_VALUE - 4096) {
            throw new IllegalArgumentException(operation + " can index at most 2^31 - 4096 elements, got " + tensor);
        }
        return (int) tensor.elements();
    }
}
