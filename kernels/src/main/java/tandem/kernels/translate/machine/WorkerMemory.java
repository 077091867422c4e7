package tandem.kernels.translate.machine;

import java.lang.ref.Cleaner;

/**
 * Native scratch memory of one worker thread: grows to the maximum size needed so far and is freed after the thread has
 * ended.
 */
final class WorkerMemory {

    private static final Cleaner CLEANER = Cleaner.create();

    /** What the cleaner holds; it must not reach the {@link WorkerMemory}. */
    private static final class Allocation implements Runnable {
        private long address;
        private long bytes;

        @Override
        public void run() {
            if (address != 0) {
                Raw.UNSAFE.freeMemory(address);
                address = 0;
            }
        }
    }

    private final Allocation allocation = new Allocation();

    WorkerMemory() {
        CLEANER.register(this, allocation);
    }

    /** Address, 128-byte aligned, of at least that many bytes; what was there before is lost when it had to grow. */
    long atLeast(long bytes) {
        if (bytes + 128 > allocation.bytes) {
            allocation.run();
            allocation.address = Raw.UNSAFE.allocateMemory(bytes + 128);
            allocation.bytes = bytes + 128;
            Raw.UNSAFE.setMemory(allocation.address, bytes + 128, (byte) 0);
        }
        return (allocation.address + 127) & -128L;
    }
}
