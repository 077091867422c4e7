package tandem.kernels;

import tandem.kernels.ptx.PtxEntry;

/**
 * How many blocks a kernel launch has, and how many threads a block has, in CUDA's (x, y, z) order.
 *
 * @param blocksX blocks along x, at least 1 (likewise y and z)
 * @param threadsX threads of a block along x, at least 1 (likewise y and z); at most 1024 in all
 * @param sharedBytes dynamic shared memory of a block in bytes: the size of its {@code extern __shared__} arrays, at
 *     least 0
 */
public record Grid(int blocksX, int blocksY, int blocksZ, int threadsX, int threadsY, int threadsZ, int sharedBytes) {

    private static final int MAX_SHARED_BYTES = 227 * 1024;

    /** A grid without dynamic shared memory. */
    public Grid(int blocksX, int blocksY, int blocksZ, int threadsX, int threadsY, int threadsZ) {
        this(blocksX, blocksY, blocksZ, threadsX, threadsY, threadsZ, 0);
    }

    /** Rejects a grid that no CUDA device can launch. */
    public Grid {
        if (blocksX < 1 || blocksY < 1 || blocksZ < 1 || blocksY > 65_535 || blocksZ > 65_535) {
            throw new IllegalArgumentException("grid of " + blocksX + " x " + blocksY + " x " + blocksZ
                    + " blocks: each dim must be at least 1, y and z at most 65535");
        }
        if (threadsX < 1 || threadsY < 1 || threadsZ < 1 || (long) threadsX * threadsY * threadsZ > 1024) {
            throw new IllegalArgumentException("block of " + threadsX + " x " + threadsY + " x " + threadsZ
                    + " threads: each dim must be at least 1, the product at most 1024");
        }
        if (sharedBytes < 0 || sharedBytes > MAX_SHARED_BYTES) {
            throw new IllegalArgumentException(
                    sharedBytes + " bytes of dynamic shared memory: at least 0, at most " + MAX_SHARED_BYTES);
        }
    }

    /** The same grid with that much dynamic shared memory for each block. */
    public Grid withSharedBytes(int bytes) {
        return new Grid(blocksX, blocksY, blocksZ, threadsX, threadsY, threadsZ, bytes);
    }

    /** A row of {@code blocks} blocks of {@code threads} threads each. */
    public static Grid of(int blocks, int threads) {
        return new Grid(blocks, 1, 1, threads, 1, 1);
    }

    /**
     * The row of blocks that gives each of {@code elements} elements a thread of its own (one block when there are
     * none).
     */
    public static Grid forElements(long elements, int threads) {
        long blocks = Math.max(1, (elements + threads - 1) / threads);
        return of(Math.toIntExact(blocks), threads);
    }

    /**
     * Checks the blocks against the size that the entry is compiled for, if it has one.
     *
     * @throws IllegalArgumentException when the entry cannot be launched so; names the entry, the block and the limit
     */
    public void requireFits(PtxEntry entry) {
        requireFits(entry, "");
    }

    /** The same with a message that ends with {@code remedy}. */
    void requireFits(PtxEntry entry, String remedy) {
        entry.blockLimit().ifPresent(limit -> {
            if (!limit.allows(threadsX, threadsY, threadsZ)) {
                throw new IllegalArgumentException("kernel " + entry.name() + ": a block of " + block() + " threads "
                        + (limit.required()
                                ? "differs from the required size"
                                : "is larger than the limit of " + limit.threads())
                        + " (" + limit + ")" + remedy);
            }
        });
    }

    /** The dims of a block as text, such as {@code 32 x 8 x 1}. */
    String block() {
        return threadsX + " x " + threadsY + " x " + threadsZ;
    }

    /** Blocks in all. */
    public long blocks() {
        return (long) blocksX * blocksY * blocksZ;
    }

    /** Threads of one block. */
    public int threads() {
        return threadsX * threadsY * threadsZ;
    }
}
