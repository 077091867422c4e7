package tandem.model.distillation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;
import tandem.model.image.PixelSize;

/**
 * Rows of the operation test table: weights of cells, on two of the levels of images of 160 x 96 pixels, the coarser
 * cut off at the edges.
 */
final class CellRows {

    private static final int HEIGHT = 96;
    private static final int WIDTH = 160;
    private static final List<CellWeights.Level> LEVELS =
            CellWeights.Level.of(List.of(1, 3), new PixelSize(WIDTH, HEIGHT));
    /** Rows 12, 6, 3, 2 and columns 20, 10, 5, 3. */
    private static final int ANCHORS = 6 * (240 + 60 + 15 + 6);

    private static final int CELLS = 60 + 6;
    private static final int CHANNELS = 5;

    private CellRows() {}

    static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        rows.add(uniform(3));
        for (boolean first : new boolean[] {true, false}) {
            rows.add(uniform(3, first));
            rows.add(decoupled(3, first));
        }
        for (int n : new int[] {1, 3}) {
            rows.add(guided(n, 3));
            rows.add(guidedByPixels(n, 24, 3));
            rows.add(guidedByPixels(n, HEIGHT, 2));
            rows.add(decoupled(n, 2));
            rows.add(decoupledByPixels(n, 24, 3));
        }
        return rows;
    }

    private static OperationRow row(String name, int n) {
        return OperationRow.named(name + ", " + n + " images")
                .fixed("images", DataType.FLOAT32, Shape.of(n, 2), ImitationRows.shares());
    }

    private static CellWeights weights(tandem.engine.Graph graph, tandem.engine.Tensor images, Task task) {
        return new CellWeights(graph, LEVELS, CHANNELS, task, images, null);
    }

    private static OperationRow uniform(int n) {
        return row("imitation_cells_uniform", n)
                .builds((graph, in) ->
                        List.of(weights(graph, in.get(0), Task.SEGMENTATION).uniform(0.7f)))
                .reference(in -> new double[][] {
                    IntStream.range(0, n * CELLS)
                            .mapToDouble(i -> 0.7f * in[0][2 * (i / CELLS) + 1] / (CELLS * CHANNELS))
                            .toArray()
                })
                .tolerance(1e-6, "one division")
                .forwardOnly();
    }

    /** With a gate that leaves out one of the two levels. */
    private static CellWeights gated(
            tandem.engine.Graph graph, tandem.engine.Tensor images, tandem.engine.Tensor gate) {
        return new CellWeights(graph, LEVELS, CHANNELS, Task.SEGMENTATION, images, new LevelGate(gate));
    }

    private static boolean counts(int cell, boolean first) {
        return cell % CELLS < 60 == first;
    }

    private static OperationRow uniform(int n, boolean first) {
        int counted = first ? 60 : 6;
        return row("imitation_cells_uniform, " + (first ? "coarser" : "finer") + " level left out", n)
                .state("gate", Shape.of(2), Values.of(first ? 1 : 0, first ? 0 : 1))
                .builds((graph, in) ->
                        List.of(gated(graph, in.get(0), in.get(1)).uniform(0.7f)))
                .reference(in -> new double[][] {
                    IntStream.range(0, n * CELLS)
                            .mapToDouble(i ->
                                    counts(i, first) ? 0.7f * in[0][2 * (i / CELLS) + 1] / (counted * CHANNELS) : 0)
                            .toArray()
                })
                .tolerance(1e-6, "a sum and a division")
                .forwardOnly();
    }

    private static OperationRow decoupled(int n, boolean first) {
        return row("imitation_cells_foreground_pixels, " + (first ? "coarser" : "finer") + " level left out", n)
                .state("gate", Shape.of(2), Values.of(first ? 1 : 0, first ? 0 : 1))
                .fixed("masks", DataType.UINT8, Shape.of(n, HEIGHT, WIDTH), Values.integers(0, 1))
                .fixed("weights", DataType.FLOAT32, Shape.of(n, 2), Values.of(1, 1, 1, 1, 1, 1))
                .fixed("teacher", DataType.FLOAT32, Shape.of(n, 24, 40, 2), Values.normal(0, 1))
                .builds((graph, in) -> List.of(
                        gated(graph, in.get(0), in.get(1)).decoupledByPixels(in.get(2), in.get(3), in.get(4), 0.7f)))
                .reference(in -> {
                    double[] result = new double[n * CELLS];
                    for (int image = 0; image < n; image++) {
                        int[] counted = IntStream.range(image * CELLS, (image + 1) * CELLS)
                                .filter(i -> counts(i, first))
                                .toArray();
                        int foreground =
                                IntStream.of(counted).map(i -> object(in[2], i)).sum();
                        for (int i : counted) {
                            int kind = object(in[2], i) == 1 ? foreground : counted.length - foreground;
                            result[i] = 0.7f * in[0][2 * image + 1] / CHANNELS / Math.max(1, 2 * kind);
                        }
                    }
                    return new double[][] {result};
                })
                .tolerance(1e-6, "one division")
                .forwardOnly();
    }

    /** The label at the center of a cell. */
    private static int object(double[] masks, int i) {
        int[] cell = cell(i % CELLS);
        int stride = 8 << cell[0];
        int y = Math.min(HEIGHT - 1, cell[1] * stride + stride / 2);
        int x = Math.min(WIDTH - 1, cell[2] * stride + stride / 2);
        return (int) masks[(i / CELLS * HEIGHT + y) * WIDTH + x];
    }

    /** Cells of both levels in order: level number, row, column. */
    private static int[] cell(int index) {
        return index < 60 ? new int[] {1, index / 10, index % 10} : new int[] {3, (index - 60) / 3, (index - 60) % 3};
    }

    private static double[] normalized(double[] raw, double[] images, int column, double weight) {
        double[] result = raw.clone();
        for (int n = 0; n < raw.length / CELLS; n++) {
            double sum = 0;
            for (int i = n * CELLS; i < (n + 1) * CELLS; i++) {
                sum += raw[i];
            }
            for (int i = n * CELLS; i < (n + 1) * CELLS; i++) {
                result[i] = weight * images[2 * n + column] / CHANNELS * raw[i] / sum;
            }
        }
        return result;
    }

    private static OperationRow guided(int n, int classes) {
        Shape shape = Shape.of(n, ANCHORS, classes);
        return row("imitation_cells_disagreement", n)
                .fixed("student", DataType.FLOAT32, shape, Values.normal(-1, 2))
                .fixed("teacher", DataType.FLOAT32, shape, Values.normal(-1, 2))
                .builds((graph, in) ->
                        List.of(weights(graph, in.get(0), Task.DETECTION).guided(in.get(1), in.get(2), 0.7f)))
                .reference(in -> {
                    double[] raw = new double[n * CELLS];
                    for (int i = 0; i < raw.length; i++) {
                        int[] cell = cell(i % CELLS);
                        int first = cell[0] == 1 ? 240 + cell[1] * 10 + cell[2] : 240 + 60 + 15 + cell[1] * 3 + cell[2];
                        for (int a = 0; a < 6; a++) {
                            double squares = 0;
                            for (int c = 0; c < classes; c++) {
                                int at = (i / CELLS * ANCHORS + first * 6 + a) * classes + c;
                                squares += Math.pow(
                                        ReferenceImitation.logistic(in[1][at]) - ReferenceImitation.logistic(in[2][at]),
                                        2);
                            }
                            raw[i] += Math.sqrt(squares) / 6;
                        }
                    }
                    return new double[][] {normalized(raw, in[0], 0, 0.7f)};
                })
                .tolerance(3e-6, "float exponentials and roots")
                .forwardOnly();
    }

    private static double[] softmax(double[] logits, int at, int classes) {
        double[] result = IntStream.range(0, classes)
                .mapToDouble(c -> Math.exp(logits[at + c]))
                .toArray();
        double sum = IntStream.range(0, classes).mapToDouble(c -> result[c]).sum();
        return IntStream.range(0, classes).mapToDouble(c -> result[c] / sum).toArray();
    }

    private static OperationRow guidedByPixels(int n, int rows, int classes) {
        int columns = rows * WIDTH / HEIGHT;
        Shape shape = Shape.of(n, rows, columns, classes);
        return row("imitation_cells_disagreement_pixels of " + rows + " rows", n)
                .fixed("student", DataType.FLOAT32, shape, Values.normal(0, 2))
                .fixed("teacher", DataType.FLOAT32, shape, Values.normal(0, 2))
                .builds((graph, in) -> List.of(weights(graph, in.get(0), Task.SEGMENTATION)
                        .guidedByPixels(in.get(1), in.get(2), HEIGHT, 0.7f)))
                .reference(in -> {
                    double[] sums = new double[n * CELLS];
                    int[] counts = new int[n * CELLS];
                    for (int p = 0; p < n * rows * columns; p++) {
                        double[] s = softmax(in[1], p * classes, classes);
                        double[] t = softmax(in[2], p * classes, classes);
                        double distance = Math.sqrt(IntStream.range(0, classes)
                                .mapToDouble(c -> (s[c] - t[c]) * (s[c] - t[c]))
                                .sum());
                        int y = p / columns % rows * HEIGHT / rows;
                        int x = p % columns * WIDTH / columns;
                        int image = p / (rows * columns) * CELLS;
                        for (int at : new int[] {image + y / 16 * 10 + x / 16, image + 60 + y / 64 * 3 + x / 64}) {
                            sums[at] += distance;
                            counts[at]++;
                        }
                    }
                    double[] raw = IntStream.range(0, sums.length)
                            .mapToDouble(i -> sums[i] / counts[i])
                            .toArray();
                    return new double[][] {normalized(raw, in[0], 1, 0.7f)};
                })
                .tolerance(3e-6, "float exponentials and roots")
                .forwardOnly();
    }

    private static double[] halves(int[] inside, double[] images, int column, double weight) {
        double[] result = new double[inside.length];
        for (int n = 0; n < inside.length / CELLS; n++) {
            int foreground = IntStream.range(n * CELLS, (n + 1) * CELLS)
                    .map(i -> inside[i])
                    .sum();
            for (int i = n * CELLS; i < (n + 1) * CELLS; i++) {
                result[i] = weight
                        * images[2 * n + column]
                        / CHANNELS
                        / Math.max(1, 2 * (inside[i] == 1 ? foreground : CELLS - foreground));
            }
        }
        return result;
    }

    /**
     * The first image has boxes; the third has none, so the output of its teacher is used; the second has no teacher.
     */
    private static OperationRow decoupled(int n, int classes) {
        double[] corners = {0.1, 0.2, 0.47, 0.9, 0.6, 0.1, 0.65, 0.15, 0, 0, 0, 0};
        Values boxes = (count, random) -> IntStream.range(0, count)
                .mapToDouble(i -> (float) corners[i % 12])
                .toArray();
        return row("imitation_cells_foreground", n)
                .fixed("boxes", DataType.FLOAT32, Shape.of(n, 3, 4), boxes)
                .fixed("counts", DataType.INT32, Shape.of(n), Values.integers(2, 2))
                .fixed(
                        "weights",
                        DataType.FLOAT32,
                        Shape.of(n, 2),
                        (count, random) -> IntStream.range(0, count)
                                .mapToDouble(i -> i < 2 ? 0.5 : 0)
                                .toArray())
                .fixed("teacher", DataType.FLOAT32, Shape.of(n, ANCHORS, classes), Values.normal(-3.5, 2))
                .builds((graph, in) -> List.of(weights(graph, in.get(0), Task.DETECTION)
                        .decoupled(new CellWeights.Truth(in.get(1), in.get(2)), in.get(3), in.get(4), 0.7f)))
                .reference(in -> {
                    int[] inside = new int[n * CELLS];
                    for (int i = 0; i < inside.length; i++) {
                        int[] cell = cell(i % CELLS);
                        int columns = cell[0] == 1 ? 10 : 3;
                        double y = (cell[1] + 0.5) / (cell[0] == 1 ? 6 : 2);
                        double x = (cell[2] + 0.5) / columns;
                        if (i < CELLS) {
                            for (int b = 0; b < 8; b += 4) {
                                inside[i] |=
                                        x > corners[b] && y > corners[b + 1] && x < corners[b + 2] && y < corners[b + 3]
                                                ? 1
                                                : 0;
                            }
                        } else {
                            int first = (i / CELLS * ANCHORS
                                            + 6 * ((cell[0] == 1 ? 240 : 315) + cell[1] * columns + cell[2]))
                                    * classes;
                            for (int k = first; k < first + 6 * classes; k++) {
                                inside[i] |= in[4][k] > 0 ? 1 : 0;
                            }
                        }
                    }
                    return new double[][] {halves(inside, in[0], 0, 0.7f)};
                })
                .tolerance(1e-6, "one division")
                .forwardOnly();
    }

    private static OperationRow decoupledByPixels(int n, int rows, int classes) {
        int columns = rows * WIDTH / HEIGHT;
        return row("imitation_cells_foreground_pixels", n)
                .fixed(
                        "masks",
                        DataType.UINT8,
                        Shape.of(n, HEIGHT, WIDTH),
                        (count, random) -> IntStream.range(0, count)
                                .mapToDouble(i -> new int[] {0, 1, 255, 2}[random.nextInt(4)])
                                .toArray())
                .fixed(
                        "weights",
                        DataType.FLOAT32,
                        Shape.of(n, 2),
                        (count, random) -> IntStream.range(0, count)
                                .mapToDouble(i -> i < 2 ? 0.5 : 0)
                                .toArray())
                .fixed("teacher", DataType.FLOAT32, Shape.of(n, rows, columns, classes), Values.normal(0, 1))
                .builds((graph, in) -> List.of(weights(graph, in.get(0), Task.SEGMENTATION)
                        .decoupledByPixels(in.get(1), in.get(2), in.get(3), 0.7f)))
                .reference(in -> {
                    int[] inside = new int[n * CELLS];
                    for (int i = 0; i < inside.length; i++) {
                        int[] cell = cell(i % CELLS);
                        int stride = 8 << cell[0];
                        int y = Math.min(HEIGHT - 1, cell[1] * stride + stride / 2);
                        int x = Math.min(WIDTH - 1, cell[2] * stride + stride / 2);
                        if (i < CELLS) {
                            double label = in[1][y * WIDTH + x];
                            inside[i] = label == 1 || label == 2 ? 1 : 0;
                        } else {
                            int at = ((i / CELLS * rows + y * rows / HEIGHT) * columns + x * columns / WIDTH) * classes;
                            inside[i] = IntStream.range(1, classes).anyMatch(c -> in[3][at + c] > in[3][at]) ? 1 : 0;
                        }
                    }
                    return new double[][] {halves(inside, in[0], 1, 0.7f)};
                })
                .tolerance(1e-6, "one division")
                .forwardOnly();
    }
}
