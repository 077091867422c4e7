package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Shape;
import tandem.engine.cpu.ConvolutionAlgorithm;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;

/**
 * Convolutions: filter sizes, strides, odd channel counts, single pixels, one that threads share, and the fused form.
 */
public final class ConvolutionRows {

    private record Case(int n, int h, int w, int c, int k, int r, int stride, int padding) {
        int outputH() {
            return (h + 2 * padding - r) / stride + 1;
        }

        int outputW() {
            return (w + 2 * padding - r) / stride + 1;
        }

        String label() {
            return "(" + n + ", " + h + ", " + w + ", " + c + ") with " + k + " of " + r + "x" + r + ", stride "
                    + stride + ", padding " + padding;
        }

        Shape output() {
            return Shape.of(n, outputH(), outputW(), k);
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(2, 9, 7, 16, 32, 3, 1, 1),
            new Case(2, 10, 12, 16, 16, 3, 2, 1),
            new Case(1, 17, 15, 3, 16, 7, 2, 3),
            new Case(3, 5, 5, 8, 24, 1, 1, 0),
            new Case(2, 6, 5, 16, 16, 1, 2, 0),
            new Case(1, 1, 1, 5, 7, 3, 1, 1),
            new Case(1, 4, 3, 1, 1, 2, 1, 0),
            new Case(2, 5, 6, 13, 11, 3, 1, 1),
            new Case(2, 12, 12, 32, 32, 3, 1, 1));

    /** More sizes for algorithms that walk over tiles or pixels: single pixels, odd maps and channels, one image. */
    private static final List<Case> ODD = List.of(
            new Case(1, 1, 1, 24, 65, 3, 1, 1),
            new Case(1, 5, 7, 3, 24, 3, 1, 1),
            new Case(2, 5, 7, 65, 24, 3, 1, 1),
            new Case(1, 8, 9, 24, 3, 3, 1, 0),
            new Case(1, 3, 4, 8, 8, 3, 1, 2),
            new Case(3, 13, 14, 4, 6, 3, 1, 1),
            new Case(2, 9, 10, 1, 5, 3, 1, 1),
            new Case(2, 9, 10, 5, 1, 3, 1, 1),
            new Case(1, 5, 7, 24, 65, 3, 2, 1),
            new Case(1, 1, 1, 3, 65, 1, 1, 0),
            new Case(2, 5, 7, 65, 24, 1, 1, 0));

    /** More tiles than one chunk of them. */
    private static final Case CHUNKS = new Case(1, 33, 33, 2, 257, 3, 1, 1);

    /** Filters of inference that are arranged in parts, with odd channels, and large ones, which threads share. */
    private static final List<Case> ARRANGED = List.of(
            new Case(1, 6, 7, 16, 96, 3, 1, 1),
            new Case(1, 21, 17, 24, 128, 3, 1, 1),
            new Case(1, 9, 8, 128, 256, 3, 1, 1));

    private ConvolutionRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        return rows(CASES, 4e-6, "sums of up to 288 products in float, in another order");
    }

    /** All rows for a device with this algorithm: those sizes that it computes, and odd ones. */
    public static List<OperationRow> rows(ConvolutionAlgorithm algorithm) {
        List<Case> cases = new ArrayList<>(CASES);
        cases.addAll(ODD);
        return switch (algorithm) {
            case DIRECT, BLOCKED -> rows(cases, 4e-6, "sums of up to 585 products in float, in another order");
            case WINOGRAD2 ->
                rows(winograd(cases), 2e-6, "transforms that add up to 16 values before and after the products");
            case WINOGRAD4 ->
                rows(winograd(cases), 2e-5, "transforms with factors up to 25 before and 64 after the products");
            case PRODUCT -> {
                cases.removeIf(one -> one.r() != 1 || one.stride() != 1);
                yield rows(cases, 4e-6, "sums of up to 288 products in float, in another order");
            }
        };
    }

    private static List<Case> winograd(List<Case> all) {
        List<Case> cases = new ArrayList<>(all);
        cases.removeIf(one -> one.r() != 3 || one.stride() != 1);
        cases.add(CHUNKS);
        return cases;
    }

    private static List<OperationRow> rows(List<Case> cases, double tolerance, String reason) {
        List<OperationRow> rows = new ArrayList<>();
        for (Case one : cases) {
            rows.add(operands(one, "convolution with bias ")
                    .parameter("bias", Shape.of(one.k()), Values.normal(0, 1))
                    .builds((graph, in) -> List.of(
                            Convolution.apply(graph, in.get(0), in.get(1), in.get(2), one.stride(), one.padding())))
                    .reference(in -> new double[][] {convolve(one, in[0], in[1], in[2], null, 1)}));
        }
        Case plain = cases.get(0);
        rows.add(operands(plain, "convolution ")
                .builds((graph, in) ->
                        List.of(Convolution.apply(graph, in.get(0), in.get(1), null, plain.stride(), plain.padding())))
                .reference(in -> new double[][] {convolve(plain, in[0], in[1], null, null, 1)}));
        for (float slope : new float[] {1, 0, 0.1f}) {
            List<Case> fused = new ArrayList<>(cases);
            if (fused.remove(CHUNKS)) {
                fused.addAll(ARRANGED);
            }
            for (Case one : fused) {
                rows.add(operands(one, "convolution fused, slope " + slope + " ")
                        .input("bias", Shape.of(one.k()), Values.normal(0, 1))
                        .input("residual", one.output(), Values.normal(0, 1))
                        .builds((graph, in) -> List.of(Convolution.fused(
                                graph,
                                in.get(0),
                                in.get(1),
                                in.get(2),
                                in.get(3),
                                new Activation(slope),
                                one.stride(),
                                one.padding())))
                        .reference(in -> new double[][] {convolve(one, in[0], in[1], in[2], in[3], slope)})
                        .forwardOnly());
            }
        }
        rows.forEach(row -> row.tolerance(tolerance, reason));
        return rows;
    }

    private static OperationRow operands(Case one, String name) {
        return OperationRow.named(name + one.label())
                .input("x", Shape.of(one.n(), one.h(), one.w(), one.c()), Values.normal(0, 1))
                .parameter("filter", Shape.of(one.k(), one.r(), one.r(), one.c()), Values.normal(0, 0.2))
                .stored(2, 1, "x", "filter", "residual");
    }

    private static double[] convolve(
            Case one, double[] x, double[] filter, double[] bias, double[] residual, double slope) {
        double[] y = new double[one.n() * one.outputH() * one.outputW() * one.k()];
        int at = 0;
        for (int n = 0; n < one.n(); n++) {
            for (int i = 0; i < one.outputH(); i++) {
                for (int j = 0; j < one.outputW(); j++) {
                    for (int r = 0; r < one.r(); r++) {
                        for (int s = 0; s < one.r(); s++) {
                            int row = i * one.stride() + r - one.padding();
                            int column = j * one.stride() + s - one.padding();
                            if (row < 0 || row >= one.h() || column < 0 || column >= one.w()) {
                                continue;
                            }
                            int pixel = ((n * one.h() + row) * one.w() + column) * one.c();
                            for (int k = 0; k < one.k(); k++) {
                                int tap = ((k * one.r() + r) * one.r() + s) * one.c();
                                double sum = 0;
                                for (int c = 0; c < one.c(); c++) {
                                    sum += x[pixel + c] * filter[tap + c];
                                }
                                y[at + k] += sum;
                            }
                        }
                    }
                    for (int k = 0; k < one.k(); k++, at++) {
                        double sum = y[at] + (bias == null ? 0 : bias[k]) + (residual == null ? 0 : residual[at]);
                        y[at] = sum > 0 ? sum : slope * sum;
                    }
                }
            }
        }
        return y;
    }
}
