package tandem.kernels.translate.x86;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.translate.graph.BasicBlock;

/**
 * The memory that the machine code of a kernel works in, at the address in {@link #BASE}: what a launch hands over, the
 * position in the grid, and for each register a place that holds its value in all lanes. Vectors of 64-bit values take
 * two vectors, lanes 0 to 3 first; predicates are lanes of zeros or ones.
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
    static final int ADDRESSES = 224;
    static final int DATA = 288;
    static final int LANE_TID = 416;
    private static final int FREE = 512;

    private final Map<PtxRegister, Integer> vectors = new HashMap<>();
    private final Map<PtxRegister, Integer> scalars = new HashMap<>();
    private final int pending;
    private int end;

    Frame(List<BasicBlock> blocks) {
        pending = FREE;
        end = FREE + 32 * blocks.size();
    }

    static Place.Mem at(long offset) {
        return new Place.Mem(BASE, offset);
    }

    /** The lanes that wait to run a block. */
    Place.Mem pending(BasicBlock block) {
        return at(pending + 32L * block.index);
    }

    /** Offset and bytes of what must be zero when a call begins. */
    int pendingOffset() {
        return pending;
    }

    int pendingBytes(List<BasicBlock> blocks) {
        return 32 * blocks.size();
    }

    /** Half 0 or 1 of the place of a register as a vector. */
    Place.Mem vector(PtxRegister register, int half) {
        Integer offset = vectors.get(register);
        if (offset == null) {
            offset = end;
            end += register.type().bits() == 64 ? 64 : 32;
            vectors.put(register, offset);
        }
        return at(offset + 32L * half);
    }

    /** The place of a register as a scalar. */
    Place.Mem scalar(PtxRegister register) {
        Integer offset = scalars.get(register);
        if (offset == null) {
            offset = end;
            end += 32;
            scalars.put(register, offset);
        }
        return at(offset);
    }

    /** Bytes in all. */
    int bytes() {
        return end + 127 & -128;
    }
}
