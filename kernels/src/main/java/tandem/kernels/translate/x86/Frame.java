package tandem.kernels.translate.x86;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * The memory that the machine code of a kernel works in, at the address in {@link #BASE}: what a launch hands over, the
 * position in the grid, and for each register a place that holds its value in all lanes. The threads that run together
 * are one, two or four parts of eight lanes. Vectors of 64-bit values take two vectors, lanes 0 to 3 first; predicates
 * are lanes of zeros or ones.
 */
final class Frame {

    /** General register with the address of the frame. */
    static final int BASE = Code.RDI;

    /** Offsets, 8 bytes each, that {@link VectorKernel} writes before a call. */
    static final int PARAMETERS = 0;

    static final int SHARED = 8;
    static final int CTAID = 16;
    static final int NCTAID = 40;
    static final int NTID = 64;
    static final int BLOCKS = 88;
    static final int THREADS = 96;
    /** 1 when the threads are a row; 2 when rows of threads are a multiple of eight long; else 0. */
    static final int ROWS = 104;

    /** The end of the threads that are whole groups of a row; 0 when the block is not a row. */
    static final int FULL_END = 112;

    /** The groups' records. */
    static final int RECORDS = 120;

    /** Offsets that the code itself writes. */
    static final int THREAD = 128;

    static final int TID = 136;
    static final int WITHOUT_QUOTIENTS = 160;
    /** Where the code goes when a group has ended or waits. */
    static final int RETURN = 168;

    /** The record of the current group. */
    static final int RECORD = 176;

    /** Bits of the barriers at which lanes wait now, and at which they did when the round began. */
    static final int WAITING = 184;

    static final int ROUND = 192;
    /** The line of a warp operation that lanes of its mask did not reach; 0 when there is none. */
    static final int ERROR = 200;

    static final int ADDRESSES = 224;

    static final int DATA = 288;
    /** The lanes of a warp that take part in an operation, as bits in each 32-bit number of a vector. */
    static final int PARTICIPANTS = 416;

    /** General register with the address of the current part, in the code for some lanes. */
    static final int PART = Code.RSI;

    private static final int PARTS = 512;
    /** Offsets in a part: thread indices x, y and z of its lanes; what a warp operation reads and its two results. */
    private static final int LANE_TID = 0;

    private static final int WARP = 96;
    private static final int PENDING = 192;

    private final int parts;
    private final int partBytes;
    private final Map<PtxRegister, Integer> vectors = new HashMap<>();
    private final Map<PtxRegister, Integer> scalars = new HashMap<>();
    private final int pendingBytes;
    private final int end;

    /**
     * @param parts vectors of eight lanes that run together
     * @param registers all that the code may use
     */
    Frame(int parts, int blocks, List<PtxRegister> registers) {
        this.parts = parts;
        this.pendingBytes = 32 * blocks;
        int offset = PENDING + pendingBytes;
        for (PtxRegister register : registers) {
            vectors.put(register, offset);
            offset += 32 * Lanes.halves(register.type());
        }
        this.partBytes = offset + 63 & -64;
        offset = PARTS + parts * partBytes;
        for (PtxRegister register : registers) {
            scalars.put(register, offset);
            offset += 8;
        }
        this.end = offset;
    }

    static Place.Mem at(long offset) {
        return new Place.Mem(BASE, offset);
    }

    int parts() {
        return parts;
    }

    /** Bytes from one part to the next. */
    int partBytes() {
        return partBytes;
    }

    /** Where a part begins. */
    Place.Mem part(int part) {
        return at(PARTS + (long) part * partBytes);
    }

    /** The lanes that wait to run a block. */
    Place.Mem pending(BasicBlock block, int part) {
        return part(part).plus(PENDING + 32L * block.index);
    }

    /** The same of the current part. */
    static Place.Mem pending(BasicBlock block) {
        return new Place.Mem(PART, PENDING + 32L * block.index);
    }

    /** Offset and bytes of what must be zero in each part when a call begins. */
    static int pendingOffset(int part, int partBytes) {
        return PARTS + part * partBytes + PENDING;
    }

    /** The lanes of a part that wait at the first block. */
    Place.Mem firstPending(int part) {
        return at(pendingOffset(part, partBytes));
    }

    int pendingBytes() {
        return pendingBytes;
    }

    /** Thread indices of the lanes of a part; y is 32 bytes behind x. */
    Place.Mem laneIndex(int part) {
        return part(part).plus(LANE_TID);
    }

    /** The same of the current part on one axis. */
    static Place.Mem laneIndexHere(int axis) {
        return new Place.Mem(PART, LANE_TID + 32L * axis);
    }

    /** What a warp operation reads of a part, 0, and its results, 1 and 2. */
    Place.Mem warp(int part, int number) {
        return part(part).plus(WARP + 32L * number);
    }

    /** The same of the current part. */
    static Place.Mem warp(int number) {
        return new Place.Mem(PART, WARP + 32L * number);
    }

    /** Half 0 or 1 of the place of a register as a vector. */
    Place.Mem vector(PtxRegister register, int half, int part) {
        return part(part).plus(vectors.get(register) + 32L * half);
    }

    /** The same of the current part. */
    Place.Mem vector(PtxRegister register, int half) {
        return new Place.Mem(PART, vectors.get(register) + 32L * half);
    }

    /** The place of a register as a scalar. */
    Place.Mem scalar(PtxRegister register) {
        return at(scalars.get(register));
    }

    /** Bytes in all. */
    int bytes() {
        return end + 127 & -128;
    }
}
