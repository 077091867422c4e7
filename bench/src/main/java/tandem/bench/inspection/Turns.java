package tandem.bench.inspection;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The time of a frame of both sides, whose processes take turns of about a second: medians over the turns.
 *
 * @param count turns of each side
 * @param tandem milliseconds
 * @param other milliseconds
 * @param ratio median of Tandem's time divided by the other
 * @param lowRatio its lower quartile
 * @param highRatio its upper quartile
 */
record Turns(int count, double tandem, double other, double ratio, double lowRatio, double highRatio) {

    static Turns measure(Peer tandem, Peer other, int count, int turnMilliseconds) throws IOException {
        int frames = Math.max(3, (int) (turnMilliseconds / tandem.numbers("frames 10")[0]));
        other.numbers("frames " + frames);
        double[][] times = new double[3][count];
        for (int turn = 0; turn < count; turn++) {
            boolean swapped = turn % 2 == 1;
            double first = swapped ? other.numbers("frames " + frames)[0] : 0;
            times[0][turn] = tandem.numbers("frames " + frames)[0];
            times[1][turn] = swapped ? first : other.numbers("frames " + frames)[0];
            times[2][turn] = times[0][turn] / times[1][turn];
        }
        for (double[] values : times) {
            Arrays.sort(values);
        }
        return new Turns(
                count,
                times[0][count / 2],
                times[1][count / 2],
                times[2][count / 2],
                times[2][count / 4],
                times[2][3 * count / 4]);
    }

    Row row(String what, double max) {
        return new Row(
                String.format(
                        Locale.ROOT,
                        "a frame, %s: median of %d turns (quartiles of the ratio %.3g and %.3g)",
                        what,
                        count,
                        lowRatio,
                        highRatio),
                String.format(Locale.ROOT, "%.4g ms", tandem),
                String.format(Locale.ROOT, "%.4g ms", other),
                ratio,
                "at most " + max,
                max);
    }
}
