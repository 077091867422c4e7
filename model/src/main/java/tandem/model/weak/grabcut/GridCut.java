package tandem.model.weak.grabcut;

import java.util.Arrays;

/**
 * The minimum cut between source and sink of a grid of pixels with eight neighbors each, by the search trees of Boykov
 * and Kolmogorov ("An experimental comparison of min-cut/max-flow algorithms", PAMI 2004, section 3). Capacities are
 * integers, so the cut is exact and reproducible. For one thread; {@link #reset} prepares it for another grid.
 */
final class GridCut {

    private static final int DIRECTIONS = 8;
    /** Steps to the neighbors in x and y; direction d leads back along d ^ 1. */
    private static final int[] STEP_X = {1, -1, 0, 0, 1, -1, 1, -1};

    private static final int[] STEP_Y = {0, 0, 1, -1, 1, -1, -1, 1};

    private static final int[] FORWARD = {0, 7, 2, 4};

    private static final byte FREE = 0;
    private static final byte SOURCE = 1;
    private static final byte SINK = 2;

    private static final byte NONE = -1;
    private static final byte TERMINAL = 8;
    private static final byte ORPHAN = 9;

    private static final int END = -1;
    private static final int OFF = -2;

    private int width;
    private int height;
    /** Columns of the grid with a frame of one pixel, to which no edge leads. */
    private int stride;

    private int nodes;
    private final int[] step = new int[DIRECTIONS];
    private int[] capacity = new int[0];
    private int[] terminal = new int[0];
    private byte[] tree = new byte[0];
    private byte[] parent = new byte[0];
    private int[] stamp = new int[0];
    private int[] distance = new int[0];
    /** The queue of active nodes: for each node the next one, END for the last, OFF for a node outside the queue. */
    private int[] following = new int[0];

    private int firstActive;
    private int lastActive;
    private int[] orphans = new int[64];
    private int orphanCount;
    private int time;

    /** Starts a grid of {@code width} x {@code height} pixels whose capacities are all 0. */
    void reset(int width, int height) {
        if (width < 1 || height < 1 || (width + 2L) * (height + 2L) * DIRECTIONS > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a grid of " + width + " x " + height + " pixels cannot be cut");
        }
        this.width = width;
        this.height = height;
        stride = width + 2;
        nodes = stride * (height + 2);
        for (int d = 0; d < DIRECTIONS; d++) {
            step[d] = STEP_Y[d] * stride + STEP_X[d];
        }
        if (terminal.length < nodes) {
            capacity = new int[nodes * DIRECTIONS];
            terminal = new int[nodes];
            tree = new byte[nodes];
            parent = new byte[nodes];
            stamp = new int[nodes];
            distance = new int[nodes];
            following = new int[nodes];
        }
        Arrays.fill(capacity, 0, nodes * DIRECTIONS, 0);
        Arrays.fill(terminal, 0, nodes, 0);
    }

    private int node(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("pixel " + x + ", " + y + " of " + width + " x " + height);
        }
        return (y + 1) * stride + x + 1;
    }

    /**
     * Adds capacity between the terminals and a pixel: the cost of the pixel on the sink's side, and on the source's
     * side.
     */
    void terminals(int x, int y, int fromSource, int toSink) {
        terminal[node(x, y)] += fromSource - toSink;
    }

    /** Adds capacity between two neighbors, in both directions: the cost of putting them on different sides. */
    void neighbors(int x, int y, int otherX, int otherY, int cost) {
        int node = node(x, y);
        int other = node(otherX, otherY);
        for (int d = 0; d < DIRECTIONS; d++) {
            if (STEP_X[d] == otherX - x && STEP_Y[d] == otherY - y) {
                capacity[node * DIRECTIONS + d] += cost;
                capacity[other * DIRECTIONS + (d ^ 1)] += cost;
                return;
            }
        }
        throw new IllegalArgumentException(
                "pixels " + x + ", " + y + " and " + otherX + ", " + otherY + " are not neighbors");
    }

    /**
     * The same for the neighbors at the right, the lower left, below and the lower right, in this order of
     * {@code forward}; faster.
     */
    void forward(int x, int y, int forward, int cost) {
        int node = (y + 1) * stride + x + 1;
        int d = FORWARD[forward];
        capacity[node * DIRECTIONS + d] += cost;
        capacity[(node + step[d]) * DIRECTIONS + (d ^ 1)] += cost;
    }

    /**
     * Whether a pixel is on the source's side of the cut that {@link #cut} found; pixels that may be on either side are
     * on the sink's side.
     */
    boolean atSource(int x, int y) {
        return tree[node(x, y)] == SOURCE;
    }

    /**
     * Computes the minimum cut.
     *
     * @return the largest flow beyond what each pixel passes straight from source to sink
     */
    long cut() {
        Arrays.fill(tree, 0, nodes, FREE);
        Arrays.fill(parent, 0, nodes, NONE);
        Arrays.fill(stamp, 0, nodes, 0);
        Arrays.fill(following, 0, nodes, OFF);
        firstActive = END;
        lastActive = END;
        orphanCount = 0;
        time = 0;
        for (int node = 0; node < nodes; node++) {
            if (terminal[node] != 0) {
                tree[node] = terminal[node] > 0 ? SOURCE : SINK;
                parent[node] = TERMINAL;
                distance[node] = 1;
                activate(node);
            }
        }
        long flow = 0;
        int node = END;
        while (true) {
            if (node == END || parent[node] == NONE) {
                node = nextActive();
                if (node == END) {
                    return flow;
                }
            }
            int meeting = tree[node] == SOURCE ? growSource(node) : growSink(node);
            time++;
            if (meeting < 0) {
                node = END;
            } else {
                flow += augment(meeting / DIRECTIONS, meeting % DIRECTIONS);
                adopt();
            }
        }
    }

    private void activate(int node) {
        if (following[node] == OFF) {
            following[node] = END;
            if (lastActive == END) {
                firstActive = node;
            } else {
                following[lastActive] = node;
            }
            lastActive = node;
        }
    }

    private int nextActive() {
        while (firstActive != END) {
            int node = firstActive;
            firstActive = following[node];
            if (firstActive == END) {
                lastActive = END;
            }
            following[node] = OFF;
            if (parent[node] != NONE) {
                return node;
            }
        }
        return END;
    }

    /**
     * Grows the source's tree at a node; returns the edge, node and direction in one number, that meets the sink's
     * tree, or -1.
     */
    private int growSource(int node) {
        for (int d = 0; d < DIRECTIONS; d++) {
            if (capacity[node * DIRECTIONS + d] > 0) {
                int other = node + step[d];
                if (tree[other] == SINK) {
                    return node * DIRECTIONS + d;
                }
                take(node, other, d, SOURCE);
            }
        }
        return -1;
    }

    private int growSink(int node) {
        for (int d = 0; d < DIRECTIONS; d++) {
            int other = node + step[d];
            if (capacity[other * DIRECTIONS + (d ^ 1)] > 0) {
                if (tree[other] == SOURCE) {
                    return other * DIRECTIONS + (d ^ 1);
                }
                take(node, other, d, SINK);
            }
        }
        return -1;
    }

    /**
     * Takes a free neighbor into the tree of {@code node}, or shortens the path of a node that is already in it to the
     * root.
     */
    private void take(int node, int other, int d, byte side) {
        if (tree[other] == FREE) {
            tree[other] = side;
            parent[other] = (byte) (d ^ 1);
            stamp[other] = stamp[node];
            distance[other] = distance[node] + 1;
            activate(other);
        } else if (stamp[other] <= stamp[node] && distance[other] > distance[node]) {
            parent[other] = (byte) (d ^ 1);
            stamp[other] = stamp[node];
            distance[other] = distance[node] + 1;
        }
    }

    /** Pushes all that fits along the path through an edge from the source's tree to the sink's. */
    private int augment(int from, int direction) {
        int to = from + step[direction];
        int bottleneck = capacity[from * DIRECTIONS + direction];
        int node = from;
        while (parent[node] != TERMINAL) {
            int up = parent[node];
            int next = node + step[up];
            bottleneck = Math.min(bottleneck, capacity[next * DIRECTIONS + (up ^ 1)]);
            node = next;
        }
        bottleneck = Math.min(bottleneck, terminal[node]);
        node = to;
        while (parent[node] != TERMINAL) {
            bottleneck = Math.min(bottleneck, capacity[node * DIRECTIONS + parent[node]]);
            node += step[parent[node]];
        }
        bottleneck = Math.min(bottleneck, -terminal[node]);

        push(from, direction, bottleneck);
        node = from;
        while (parent[node] != TERMINAL) {
            int up = parent[node];
            int next = node + step[up];
            push(next, up ^ 1, bottleneck);
            if (capacity[next * DIRECTIONS + (up ^ 1)] == 0) {
                orphan(node);
            }
            node = next;
        }
        terminal[node] -= bottleneck;
        if (terminal[node] == 0) {
            orphan(node);
        }
        node = to;
        while (parent[node] != TERMINAL) {
            int up = parent[node];
            push(node, up, bottleneck);
            if (capacity[node * DIRECTIONS + up] == 0) {
                orphan(node);
            }
            node += step[up];
        }
        terminal[node] += bottleneck;
        if (terminal[node] == 0) {
            orphan(node);
        }
        return bottleneck;
    }

    private void push(int node, int direction, int amount) {
        capacity[node * DIRECTIONS + direction] -= amount;
        capacity[(node + step[direction]) * DIRECTIONS + (direction ^ 1)] += amount;
    }

    private void orphan(int node) {
        if (orphanCount == orphans.length) {
            orphans = Arrays.copyOf(orphans, 2 * orphanCount);
        }
        orphans[orphanCount++] = node;
    }

    /** Adopts the orphans of a path from the roots on, then those that this made, in their order. */
    private void adopt() {
        for (int i = 0, j = orphanCount - 1; i < j; i++, j--) {
            int node = orphans[i];
            orphans[i] = orphans[j];
            orphans[j] = node;
        }
        for (int i = 0; i < orphanCount; i++) {
            parent[orphans[i]] = ORPHAN;
        }
        for (int i = 0; i < orphanCount; i++) {
            adopt(orphans[i]);
        }
        orphanCount = 0;
    }

    /** Finds another parent for an orphan in its tree, the nearest to the root, or makes it free. */
    private void adopt(int node) {
        byte side = tree[node];
        int best = -1;
        int shortest = Integer.MAX_VALUE;
        for (int d = 0; d < DIRECTIONS; d++) {
            int other = node + step[d];
            if (residual(node, other, d, side) > 0 && tree[other] == side) {
                int length = toRoot(other);
                if (length < shortest) {
                    shortest = length;
                    best = d;
                }
            }
        }
        if (best >= 0) {
            parent[node] = (byte) best;
            stamp[node] = time;
            distance[node] = shortest + 1;
            return;
        }
        for (int d = 0; d < DIRECTIONS; d++) {
            int other = node + step[d];
            if (tree[other] == side && parent[other] != NONE) {
                if (residual(node, other, d, side) > 0) {
                    activate(other);
                }
                if (parent[other] == (d ^ 1)) {
                    parent[other] = ORPHAN;
                    orphan(other);
                }
            }
        }
        tree[node] = FREE;
        parent[node] = NONE;
    }

    /** Capacity left on the edge by which {@code other} would be the parent of {@code node}. */
    private int residual(int node, int other, int d, byte side) {
        return side == SOURCE ? capacity[other * DIRECTIONS + (d ^ 1)] : capacity[node * DIRECTIONS + d];
    }

    /** Edges from a node to the root of its tree, or the largest number when it hangs on an orphan. */
    private int toRoot(int node) {
        int length = 0;
        int at = node;
        while (stamp[at] != time) {
            if (parent[at] == ORPHAN || parent[at] == NONE) {
                return Integer.MAX_VALUE;
            }
            if (parent[at] == TERMINAL) {
                stamp[at] = time;
                distance[at] = 1;
                break;
            }
            at += step[parent[at]];
            length++;
        }
        length += distance[at];
        int result = length;
        for (int mark = node; stamp[mark] != time; mark += step[parent[mark]]) {
            stamp[mark] = time;
            distance[mark] = length--;
        }
        return result;
    }
}
