package tandem.engine.operation;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** How far a run is from its row's reference. */
final class OperationCheck {

    private static final double STEP = 1e-6;
    private static final int ELEMENTS = 60;

    /**
     * Central differences that were computed before: those of a row's reference do not depend on the device, and a row
     * runs on several.
     */
    private static final Map<Projected, double[]> DIFFERENCES = new ConcurrentHashMap<>();

    /** A row with its values, and the number of the input that changes. */
    private record Projected(String row, int inputs, int projections, int input) {}

    private OperationCheck() {}

    /** The largest error of any output; throws when it is above the row's tolerance. */
    static double forward(OperationRun run) {
        OperationRow row = run.row();
        double[][] expected = row.reference().compute(copy(run.inputs()));
        if (expected.length != run.outputs().length) {
            throw new AssertionError(row.name() + ": the reference has " + expected.length + " outputs, the graph "
                    + run.outputs().length);
        }
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, error(row, "output " + i, expected[i], run.outputs()[i], row.tolerance()));
        }
        return worst;
    }

    /**
     * The largest error of any gradient against central differences of the reference; throws when it is above the
     * tolerance.
     */
    static double gradient(OperationRun run) {
        OperationRow row = run.row();
        double worst = 0;
        for (int i = 0; i < run.inputs().length; i++) {
            if (!row.inputs().get(i).differentiated()) {
                continue;
            }
            String what = "gradient of " + row.inputs().get(i).name();
            double[] found = run.gradients()[i];
            if (found == null) {
                throw new AssertionError(row.name() + ": there is no " + what);
            }
            int[] sample = sample(found.length, row.name().hashCode() + i);
            double[] expected = differences(run, i, sample);
            double[] sampled =
                    Arrays.stream(sample).mapToDouble(element -> found[element]).toArray();
            worst = Math.max(worst, error(row, what, expected, sampled, row.gradientTolerance()));
        }
        return worst;
    }

    private static double[] differences(OperationRun run, int input, int[] elements) {
        Projected key = new Projected(
                run.row().name(), Arrays.deepHashCode(run.inputs()), Arrays.deepHashCode(run.projections()), input);
        return DIFFERENCES.computeIfAbsent(
                key,
                absent -> Arrays.stream(elements)
                        .mapToDouble(element -> difference(run, input, element))
                        .toArray());
    }

    private static double difference(OperationRun run, int input, int element) {
        double[][] inputs = copy(run.inputs());
        double step = STEP * Math.max(1, Math.abs(inputs[input][element]));
        inputs[input][element] += step;
        double above = run.projected(run.row().reference().compute(copy(inputs)));
        inputs[input][element] -= 2 * step;
        double below = run.projected(run.row().reference().compute(copy(inputs)));
        return (above - below) / (2 * step);
    }

    private static int[] sample(int count, long seed) {
        if (count <= ELEMENTS) {
            return java.util.stream.IntStream.range(0, count).toArray();
        }
        return new SplittableRandom(seed).ints(ELEMENTS, 0, count).toArray();
    }

    private static double error(OperationRow row, String what, double[] expected, double[] found, double tolerance) {
        if (expected.length != found.length) {
            throw new AssertionError(
                    row.name() + ": " + what + " has " + found.length + " elements, not " + expected.length);
        }
        double largest = 0;
        double worst = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            boolean notANumber = Double.isNaN(expected[i]);
            largest = notANumber ? largest : Math.max(largest, Math.abs(expected[i]));
            boolean same = expected[i] == found[i] || notANumber && Double.isNaN(found[i]);
            double difference = same ? 0 : Math.abs(expected[i] - found[i]);
            if (!(difference <= worst)) {
                worst = difference;
                at = i;
            }
        }
        double relative = worst == 0 ? 0 : worst / (largest > 0 ? largest : 1);
        if (!(relative <= tolerance)) {
            throw new AssertionError(row.name() + ": " + what + " is off by " + relative + " of the largest magnitude "
                    + largest + ", allowed " + tolerance + " (" + row.reason() + "); element " + at + " is " + found[at]
                    + ", not " + expected[at]);
        }
        return relative;
    }

    private static double[][] copy(double[][] values) {
        double[][] result = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i].clone();
        }
        return result;
    }
}
