package tandem.kernels.translate.machine;

/**
 * The block that a worker is executing. One belongs to each worker thread and is used again for every block; generated
 * code reads its fields once per segment.
 */
public final class BlockContext {

    /** State of a thread that has exited. */
    public static final int EXITED = -1;

    /** Address of the packed parameter block. */
    public long parameters;
    /** Address of the block's shared memory. */
    public long shared;
    /** Address of the first thread's local memory. */
    public long local;
    /** Address of the first thread's record of saved registers. */
    public long saved;
    /** Block index. */
    public int ctaidX, ctaidY, ctaidZ;
    /** Blocks of the grid. */
    public int nctaidX, nctaidY, nctaidZ;
    /** Threads of a block. */
    public int ntidX, ntidY, ntidZ;
    /**
     * Where each thread of the block continues: a resume point, its complement while the thread waits there, or
     * {@link #EXITED}.
     */
    public final int[] state = new int[1024];
    /** What checked mode consults; null in fast mode. */
    public CheckedMemory checked;

    /** The four channels that a texture read gave, as bits. */
    public final int[] texel = new int[4];

    /** What {@link TextureUnit} adds up. */
    final float[] texelSum = new float[4];

    /** What {@link TextureUnit} gathers. */
    final int[] gathered = new int[4];

    /** Halves of the address of a cooperative launch's memory, high and low; 0 in any other launch. */
    public int envreg1, envreg2;
    /** The launch whose blocks wait for each other; null in any other. */
    GridLaunch gridLaunch;

    /** In which order blocks and threads run; null by rising number. */
    public Order order;

    private final WorkerMemory memory = new WorkerMemory();

    private static final ThreadLocal<BlockContext> CURRENT = ThreadLocal.withInitial(BlockContext::new);

    private BlockContext() {}

    /** The calling thread's context. */
    public static BlockContext current() {
        return CURRENT.get();
    }

    /** Sets the memory of a cooperative launch; 0 for none. */
    public void gridMemory(long address) {
        envreg1 = (int) (address >>> 32);
        envreg2 = (int) address;
    }

    /** Called by generated code where a thread looks whether another block has arrived. */
    public static void looks(BlockContext context) {
        if (context.gridLaunch != null) {
            context.gridLaunch.waits();
        }
    }

    /**
     * Takes native memory for a block.
     *
     * @param sharedBytes of the block
     * @param localBytes of all its threads
     * @param savedBytes of all its threads
     */
    public void reserve(long sharedBytes, long localBytes, long savedBytes) {
        long sharedEnd = aligned(sharedBytes);
        long localEnd = sharedEnd + aligned(localBytes);
        long base = memory.atLeast(localEnd + savedBytes);
        shared = base;
        local = base + sharedEnd;
        saved = base + localEnd;
    }

    private static long aligned(long bytes) {
        return (bytes + 127) & -128L;
    }
}
