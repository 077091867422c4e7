package tandem.kernels.translate.x86;

import com.sun.jna.Function;
import com.sun.jna.JNIEnv;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;

/**
 * Makes machine code callable: a hidden class with one native method, which JNI's {@code RegisterNatives} binds to the
 * address of the code. A call costs what any call of a native method costs, and allocates nothing.
 */
final class NativeBinding {

    /**
     * {@code RegisterNatives} in the table of functions that a {@code JNIEnv} points to (JNI specification, chapter 4).
     */
    private static final int REGISTER_NATIVES = 215;

    /** That of {@link BoundCode}, the same for all code. */
    private static final byte[] CLASS_FILE = classFile();

    private NativeBinding() {}

    /** Code that passes its arguments on to {@code RegisterNatives} of the {@code JNIEnv} that is the first of them. */
    private static final class Registration {
        private static final ExecutableMemory CODE = ExecutableMemory.of(jump());
        static final Function FUNCTION = Function.getFunction(
                new Pointer(CODE.address()), Function.C_CONVENTION, Native.getDefaultStringEncoding());

        private static byte[] jump() {
            Code code = new Code();
            code.alu(true, Code.MOV, Code.RAX, new Place.Mem(Code.RDI, 0));
            code.alu(true, Code.MOV, Code.RAX, new Place.Mem(Code.RAX, 8 * REGISTER_NATIVES));
            code.jumpToRax();
            return code.finish();
        }
    }

    /** A callable whose {@link NativeCode#run} is the code at that address; the code must outlive it. */
    static NativeCode bind(long address) {
        try {
            Class<?> type =
                    MethodHandles.lookup().defineHiddenClass(CLASS_FILE, true).lookupClass();
            try (Memory strings = new Memory(16);
                    Memory method = new Memory(24)) {
                strings.setString(0, "run");
                strings.setString(8, "(J)V");
                method.setPointer(0, strings);
                method.setPointer(8, strings.share(8));
                method.setLong(16, address);
                int result = (int) Registration.FUNCTION.invoke(
                        int.class,
                        new Object[] {JNIEnv.CURRENT, type, method, 1},
                        Map.of(Library.OPTION_ALLOW_OBJECTS, true));
                if (result != 0) {
                    throw new IllegalStateException("RegisterNatives failed with " + result);
                }
            }
            return (NativeCode) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a generated class could not be loaded", e);
        }
    }

    private static byte[] classFile() {
        try (InputStream file = NativeBinding.class.getResourceAsStream("BoundCode.class")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
