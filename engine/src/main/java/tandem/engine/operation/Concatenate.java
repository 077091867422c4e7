package tandem.engine.operation;

import java.util.Arrays;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Tensors put one after the other. */
public final class Concatenate {

    private Concatenate() {}

    /**
     * (N, a, C), (N, b, C), ... to (N, a + b + ..., C): for each image the rows of the first, then those of the second.
     *
     * @param pieces at least one, of one floating-point type; a piece may have no rows
     */
    public static Tensor rows(Graph graph, List<Tensor> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("concatenate needs at least one tensor");
        }
        List<Tensor> inputs = List.copyOf(pieces);
        int rows = 0;
        for (Tensor piece : inputs) {
            Require.stored("concatenate", inputs.get(0), piece);
            Require.layout("concatenate", piece, "(N, rows, C)");
            if (piece.shape().dim(0) != inputs.get(0).shape().dim(0)
                    || piece.shape().dim(2) != inputs.get(0).shape().dim(2)) {
                throw new IllegalArgumentException(
                        "concatenate needs tensors that differ in rows alone, got " + inputs.get(0) + " and " + piece);
            }
            rows = Math.addExact(rows, piece.shape().dim(1));
        }
        Shape first = inputs.get(0).shape();
        Tensor whole =
                graph.activation("concatenate", inputs.get(0).type(), Shape.of(first.dim(0), rows, first.dim(2)));
        Require.count("concatenate", whole);
        KernelOperation operation = KernelOperation.named("concatenate")
                .reads(inputs.toArray(Tensor[]::new))
                .writes(whole);
        int offset = 0;
        for (Tensor piece : inputs) {
            copy(operation, "rows_scatter", piece, whole, piece, offset);
            offset += piece.shape().dim(1) * first.dim(2);
        }
        operation
                .gradient((g, dy, needed) -> split(g, inputs, dy.get(0), needed))
                .appendTo(graph);
        return whole;
    }

    private static List<Tensor> split(Graph graph, List<Tensor> pieces, Tensor dy, boolean[] needed) {
        Tensor[] gradients = new Tensor[pieces.size()];
        KernelOperation operation = KernelOperation.named("split").reads(dy);
        int offset = 0;
        for (int i = 0; i < gradients.length; i++) {
            Shape shape = pieces.get(i).shape();
            if (needed[i]) {
                gradients[i] = graph.activation("d_concatenate", dy.type(), shape);
                operation.writes(gradients[i]);
                copy(operation, "rows_gather", dy, gradients[i], gradients[i], offset);
            }
            offset += shape.dim(1) * shape.dim(2);
        }
        operation.appendTo(graph);
        return Arrays.asList(gradients);
    }

    private static void copy(
            KernelOperation operation, String kernel, Tensor from, Tensor to, Tensor piece, int offset) {
        if (piece.elements() == 0) {
            return;
        }
        Tensor whole = piece == from ? to : from;
        int length = piece.shape().dim(1) * piece.shape().dim(2);
        int stride = whole.shape().dim(1) * whole.shape().dim(2);
        int width = length % 4 == 0 && stride % 4 == 0 && offset % 4 == 0 ? 4 : 1;
        Divisor divisor = Divisor.of(length / width);
        int threads = (int) (piece.elements() / width);
        operation.launch(
                from.type().kernel(width == 4 ? kernel + "4" : kernel),
                threads,
                from,
                to,
                threads,
                length / width,
                divisor,
                stride / width,
                offset / width);
    }
}
