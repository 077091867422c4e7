package tandem.kernels.count;

/** What one source line did in a kernel launch. */
public final class LineCount {

    long instructions;
    long floatOperations;
    long requestedBytes;
    long movedBytes;
    long sharedAccesses;
    long bankConflicts;
    long branches;
    long divergentBranches;
    long atomics;
    long atomicConflicts;

    /** PTX instructions, each thread counted. */
    public long instructions() {
        return instructions;
    }

    /** Floating-point additions and multiplications, each thread counted; a fused one is two. */
    public long floatOperations() {
        return floatOperations;
    }

    /** Bytes of global memory that threads read and write. */
    public long requestedBytes() {
        return requestedBytes;
    }

    /** Bytes of the 32-byte sectors that these are in, counted once for each access of a warp. */
    public long movedBytes() {
        return movedBytes;
    }

    /** Accesses of warps to shared memory. */
    public long sharedAccesses() {
        return sharedAccesses;
    }

    /** How many more times shared memory is accessed because lanes need different words of one bank. */
    public long bankConflicts() {
        return bankConflicts;
    }

    /** Conditional branches of warps. */
    public long branches() {
        return branches;
    }

    /** Those at which lanes of the warp part. */
    public long divergentBranches() {
        return divergentBranches;
    }

    /** Atomic operations, each thread counted. */
    public long atomics() {
        return atomics;
    }

    /** Those that another lane of the warp made to the same address at the same time. */
    public long atomicConflicts() {
        return atomicConflicts;
    }

    void add(LineCount other) {
        instructions += other.instructions;
        floatOperations += other.floatOperations;
        requestedBytes += other.requestedBytes;
        movedBytes += other.movedBytes;
        sharedAccesses += other.sharedAccesses;
        bankConflicts += other.bankConflicts;
        branches += other.branches;
        divergentBranches += other.divergentBranches;
        atomics += other.atomics;
        atomicConflicts += other.atomicConflicts;
    }
}
