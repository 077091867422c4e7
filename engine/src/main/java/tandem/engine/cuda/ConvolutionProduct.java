package tandem.engine.cuda;

import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Dnn.ProductShape;
import tandem.engine.Memory;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/**
 * Matrix products without cuBLAS: a 1x1 convolution over one-pixel images, each of its three kinds being a product.
 * With filter (K, C) and images (rows, C): forward is images filter', backward data is gradients filter, backward
 * filter is gradients' images.
 */
final class ConvolutionProduct {

    private ConvolutionProduct() {}

    /** c (m, n) = a (m, k) b (k, n); either factor may be stored transposed. */
    static Primitive primitive(CudaDnn library, ProductShape sizes) {
        int m = sizes.m();
        int n = sizes.n();
        int k = sizes.k();
        if (!sizes.transposeA() && sizes.transposeB()) {
            Primitive forward = library.convolutionForward(shape(m, k, n), false, false, Activation.NONE);
            return new CommandPrimitive(
                    "matrix_product",
                    3,
                    forward.workspaceBytes(),
                    (workspace, a) -> forward.bind(workspace, a[0], a[1], Memory.NONE, Memory.NONE, a[2]));
        }
        if (!sizes.transposeA()) {
            Primitive data = library.convolutionBackwardData(shape(m, n, k));
            return new CommandPrimitive(
                    "matrix_product",
                    3,
                    data.workspaceBytes(),
                    (workspace, a) -> data.bind(workspace, a[0], a[1], a[2]));
        }
        Primitive filter = library.convolutionBackwardFilter(shape(k, n, m), false);
        if (!sizes.transposeB()) {
            return new CommandPrimitive(
                    "matrix_product",
                    3,
                    filter.workspaceBytes(),
                    (workspace, a) -> filter.bind(workspace, a[1], a[0], a[2], Memory.NONE));
        }
        int elements = Math.multiplyExact(n, k);
        long turnedBytes = Memory.aligned(4L * elements);
        Divisor divisor = Divisor.of(n);
        return new CommandPrimitive("matrix_product", 3, turnedBytes + filter.workspaceBytes(), (workspace, a) -> {
            Memory turned = workspace.slice(0, 4L * elements);
            Memory rest = workspace.slice(turnedBytes, workspace.bytes() - turnedBytes);
            return new CommandSequence(
                    "matrix_product",
                    List.of(
                            library.launches().of("matrix_transpose", elements, a[1], turned, elements, n, k, divisor),
                            filter.bind(rest, turned, a[0], a[2], Memory.NONE)));
        });
    }

    private static ConvolutionShape shape(int rows, int c, int k) {
        return new ConvolutionShape(rows, 1, 1, c, k, 1, 1, 1, 0);
    }
}
