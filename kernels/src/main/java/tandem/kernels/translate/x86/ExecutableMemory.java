package tandem.kernels.translate.x86;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import tandem.kernels.natives.JnaNatives;

/**
 * Pages of memory that hold machine code: mapped writable, filled, then made executable and no longer writable. They
 * are unmapped when their object is collected, so whoever runs the code keeps the object reachable.
 */
final class ExecutableMemory {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE = 2;

    private final long address;

    private ExecutableMemory(long address) {
        this.address = address;
    }

    /** The C library's functions; found on first use. */
    private static final class Library {
        private static final NativeLibrary C = JnaNatives.cLibrary();
        static final Function MMAP = C.getFunction("mmap");
        static final Function MPROTECT = C.getFunction("mprotect");
        static final Function MUNMAP = C.getFunction("munmap");
        static final int ANONYMOUS = System.getProperty("os.name").startsWith("Mac") ? 0x1000 : 0x20;
    }

    /**
     * Maps pages for the code.
     *
     * @throws IllegalStateException when the system refuses
     */
    static ExecutableMemory of(byte[] code) {
        long bytes = code.length;
        Pointer pages = Library.MMAP.invokePointer(
                new Object[] {Pointer.NULL, bytes, READ | WRITE, PRIVATE | Library.ANONYMOUS, -1, 0L});
        if (pages == null || Pointer.nativeValue(pages) == -1) {
            throw new IllegalStateException("mmap refused " + bytes + " bytes, error " + Native.getLastError());
        }
        pages.write(0, code, 0, code.length);
        if (Library.MPROTECT.invokeInt(new Object[] {pages, bytes, READ | EXECUTE}) != 0) {
            int error = Native.getLastError();
            unmap(pages, bytes);
            throw new IllegalStateException("mprotect refused to make memory executable, error " + error);
        }
        ExecutableMemory memory = new ExecutableMemory(Pointer.nativeValue(pages));
        CLEANER.register(memory, () -> unmap(pages, bytes));
        return memory;
    }

    private static void unmap(Pointer pages, long bytes) {
        Library.MUNMAP.invokeInt(new Object[] {pages, bytes});
    }

    long address() {
        return address;
    }
}
