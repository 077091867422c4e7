package tandem.model.weak.grabcut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridCutTest {

    /** A grid with random capacities, kept as a dense matrix; node n is the source, n + 1 the sink. */
    private record Network(int width, int height, long[][] capacity, GridCut cut) {

        static Network random(GridCut cut, int width, int height, int most, double share, SplittableRandom random) {
            int n = width * height;
            long[][] capacity = new long[n + 2][n + 2];
            cut.reset(width, height);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int node = y * width + x;
                    int source = random.nextDouble() < share ? random.nextInt(most) : 0;
                    int sink = random.nextDouble() < share ? random.nextInt(most) : 0;
                    cut.terminals(x, y, source, sink);
                    capacity[n][node] = source;
                    capacity[node][n + 1] = sink;
                    for (int[] step : new int[][] {{1, 0}, {0, 1}, {1, 1}, {-1, 1}}) {
                        int ox = x + step[0];
                        int oy = y + step[1];
                        if (ox >= 0 && ox < width && oy < height && random.nextDouble() < 0.9) {
                            int cost = random.nextInt(most);
                            if (random.nextBoolean()) {
                                cut.neighbors(x, y, ox, oy, cost);
                            } else {
                                cut.neighbors(ox, oy, x, y, cost);
                            }
                            capacity[node][oy * width + ox] = cost;
                            capacity[oy * width + ox][node] = cost;
                        }
                    }
                }
            }
            return new Network(width, height, capacity, cut);
        }

        int pixels() {
            return width * height;
        }

        /** What a division costs. */
        long cost(boolean[] atSource) {
            int n = pixels();
            long cost = 0;
            for (int i = 0; i < n; i++) {
                cost += atSource[i] ? capacity[i][n + 1] : capacity[n][i];
                for (int j = 0; j < n; j++) {
                    cost += atSource[i] && !atSource[j] ? capacity[i][j] : 0;
                }
            }
            return cost;
        }

        boolean[] found() {
            boolean[] atSource = new boolean[pixels()];
            for (int i = 0; i < atSource.length; i++) {
                atSource[i] = cut.atSource(i % width, i / width);
            }
            return atSource;
        }

        /** What flows straight through pixels that are joined to both terminals. */
        long straight() {
            int n = pixels();
            long sum = 0;
            for (int i = 0; i < n; i++) {
                sum += Math.min(capacity[n][i], capacity[i][n + 1]);
            }
            return sum;
        }

        /** The largest flow by shortest augmenting paths (Edmonds and Karp). */
        long largestFlow() {
            int n = pixels();
            long[][] left = new long[n + 2][];
            for (int i = 0; i < n + 2; i++) {
                left[i] = capacity[i].clone();
            }
            long flow = 0;
            while (true) {
                int[] from = new int[n + 2];
                Arrays.fill(from, -1);
                from[n] = n;
                Deque<Integer> queue = new ArrayDeque<>();
                queue.add(n);
                while (!queue.isEmpty() && from[n + 1] < 0) {
                    int node = queue.remove();
                    for (int next = 0; next < n + 2; next++) {
                        if (from[next] < 0 && left[node][next] > 0) {
                            from[next] = node;
                            queue.add(next);
                        }
                    }
                }
                if (from[n + 1] < 0) {
                    return flow;
                }
                long amount = Long.MAX_VALUE;
                for (int node = n + 1; node != n; node = from[node]) {
                    amount = Math.min(amount, left[from[node]][node]);
                }
                for (int node = n + 1; node != n; node = from[node]) {
                    left[from[node]][node] -= amount;
                    left[node][from[node]] += amount;
                }
                flow += amount;
            }
        }
    }

    /** Every division of small grids is tried. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 5", "3, 3", "4, 3", "2, 6"})
    void noDivisionOfASmallGridIsCheaper(int width, int height) {
        GridCut cut = new GridCut();
        SplittableRandom random = new SplittableRandom(width * 31 + height);
        for (int round = 0; round < 60; round++) {
            Network network = Network.random(cut, width, height, round % 2 == 0 ? 5 : 1000, 0.7, random);
            long flow = cut.cut();
            long least = Long.MAX_VALUE;
            boolean[] division = new boolean[network.pixels()];
            for (int bits = 0; bits < 1 << network.pixels(); bits++) {
                for (int i = 0; i < division.length; i++) {
                    division[i] = (bits >> i & 1) == 1;
                }
                least = Math.min(least, network.cost(division));
            }
            assertEquals(least, network.cost(network.found()), "round " + round);
            assertEquals(least, flow + network.straight(), "round " + round);
        }
    }

    @ParameterizedTest
    @CsvSource({"12, 9, 1.0", "7, 20, 0.5", "15, 15, 0.1", "18, 10, 0.03"})
    void flowAndCutOfALargerGridEqualThoseOfAnotherAlgorithm(int width, int height, double share) {
        GridCut cut = new GridCut();
        SplittableRandom random = new SplittableRandom(width);
        for (int round = 0; round < 12; round++) {
            Network network = Network.random(cut, width, height, round % 2 == 0 ? 20 : 100_000, share, random);
            long flow = cut.cut() + network.straight();
            assertEquals(network.largestFlow(), flow, "round " + round);
            assertEquals(flow, network.cost(network.found()), "round " + round);
        }
    }

    @Test
    void pixelsThatMayBeOnEitherSideAreAtTheSink() {
        GridCut cut = new GridCut();
        cut.reset(3, 1);
        cut.terminals(0, 0, 5, 0);
        cut.neighbors(0, 0, 1, 0, 5);
        cut.neighbors(1, 0, 2, 0, 5);
        cut.terminals(2, 0, 0, 5);
        assertEquals(5, cut.cut());
        assertEquals(false, cut.atSource(0, 0));
    }

    @Test
    void whatIsNoNeighborIsRefused() {
        GridCut cut = new GridCut();
        cut.reset(3, 3);
        assertThrows(IllegalArgumentException.class, () -> cut.neighbors(0, 0, 2, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> cut.neighbors(0, 0, -1, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> cut.terminals(3, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> cut.reset(0, 3));
    }
}
