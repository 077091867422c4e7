package tandem.bench.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Times of work that begins at equal intervals, and of the same work back to back. */
final class Cadence {

    private static final int BACK_TO_BACK = 50;
    private static final int LEFT_OUT = 3;

    private final Peer peer;
    private final String work;
    private final int interval;
    private final double[] whole;
    private final double[] paused;
    private int turn;

    private Cadence(Peer peer, String work, int turns, int frames, int interval) {
        this.peer = peer;
        this.work = work;
        this.interval = interval;
        whole = new double[turns * BACK_TO_BACK];
        paused = new double[turns * frames];
    }

    /**
     * Measures sides in turn.
     *
     * @param works for each peer the command of {@link Child}
     * @param frames of a turn
     * @param interval milliseconds
     */
    static List<Cadence> measure(List<Peer> peers, List<String> works, int turns, int frames, int interval)
            throws IOException {
        List<Cadence> sides = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            sides.add(new Cadence(peers.get(i), works.get(i), turns, frames, interval));
            // Code is compiled, and algorithms are chosen.
            peers.get(i).numbers(works.get(i) + " 500 0");
        }
        for (int turn = 0; turn < turns; turn++) {
            for (Cadence side : sides) {
                side.turn(frames);
            }
        }
        sides.forEach(side -> Arrays.sort(side.whole));
        sides.forEach(side -> Arrays.sort(side.paused));
        return sides;
    }

    /** The first of a turn find the caches as the side before left them. */
    private void turn(int frames) throws IOException {
        peer.numbers(work + " " + LEFT_OUT + " 0");
        System.arraycopy(peer.numbers(work + " " + BACK_TO_BACK + " 0"), 0, whole, turn * BACK_TO_BACK, BACK_TO_BACK);
        peer.numbers(work + " " + LEFT_OUT + " " + interval);
        System.arraycopy(peer.numbers(work + " " + frames + " " + interval), 0, paused, turn * frames, frames);
        turn++;
    }

    private double median() {
        return paused[paused.length / 2];
    }

    /** How much the pauses cost. */
    double slower() {
        return median() / whole[whole.length / 2];
    }

    String slowerText() {
        return String.format(Locale.ROOT, "%.4g ms / %.4g ms", median(), whole[whole.length / 2]);
    }

    /** The quantile of 99.9 % by the median. */
    double tail() {
        return late() / median();
    }

    private double late() {
        return paused[(int) Math.min(paused.length - 1, Math.round(paused.length * 0.999))];
    }

    String tailText() {
        return String.format(Locale.ROOT, "%.4g ms (maximum %.4g ms)", late(), paused[paused.length - 1]);
    }
}
