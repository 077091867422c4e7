package tandem.kernels.translate.x86;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/** What the processor and the operating system offer. */
final class Processor {

    private static final int FMA = 1 << 12;
    private static final int OSXSAVE = 1 << 27;
    private static final int AVX = 1 << 28;
    private static final int F16C = 1 << 29;
    private static final int AVX2 = 1 << 5;

    private Processor() {}

    /** Why the machine code of this package cannot run here, or null when it can. */
    static String obstacle() {
        String architecture = System.getProperty("os.arch");
        String system = System.getProperty("os.name");
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            return "the processor architecture is " + architecture;
        }
        if (!system.equals("Linux") && !system.startsWith("Mac")) {
            return "the operating system is " + system;
        }
        try {
            int[] basic = identify(1, 0);
            boolean vectors = (basic[2] & (FMA | OSXSAVE | AVX | F16C)) == (FMA | OSXSAVE | AVX | F16C)
                    && (identify(7, 0)[1] & AVX2) != 0
                    && (enabledState() & 6) == 6;
            return vectors ? null : "the processor has no AVX2, FMA and F16C";
        } catch (IllegalStateException | LinkageError e) {
            return e.getMessage();
        }
    }

    /** CPUID: eax, ebx, ecx and edx. */
    private static int[] identify(int leaf, int subleaf) {
        Code code = new Code();
        code.push(Code.RBX);
        code.constant(Code.RAX, leaf);
        code.constant(Code.RCX, subleaf);
        code.put(0x0F); // cpuid
        code.put(0xA2);
        code.alu(false, Code.MOV_STORE, Code.RAX, new Place.Mem(Code.RDI, 0));
        code.alu(false, Code.MOV_STORE, Code.RBX, new Place.Mem(Code.RDI, 4));
        code.alu(false, Code.MOV_STORE, Code.RCX, new Place.Mem(Code.RDI, 8));
        code.alu(false, Code.MOV_STORE, Code.RDX, new Place.Mem(Code.RDI, 12));
        code.pop(Code.RBX);
        code.ret();
        return call(code);
    }

    /** XGETBV 0: the registers that the operating system saves. Only where CPUID has OSXSAVE. */
    private static int enabledState() {
        if ((identify(1, 0)[2] & OSXSAVE) == 0) {
            return 0;
        }
        Code code = new Code();
        code.constant(Code.RCX, 0);
        code.put(0x0F); // xgetbv
        code.put(0x01);
        code.put(0xD0);
        code.alu(false, Code.MOV_STORE, Code.RAX, new Place.Mem(Code.RDI, 0));
        code.ret();
        return call(code)[0];
    }

    private static int[] call(Code code) {
        ExecutableMemory memory = ExecutableMemory.of(code.finish());
        try (Memory result = new Memory(16)) {
            Function.getFunction(new Pointer(memory.address())).invokeVoid(new Object[] {result});
            return result.getIntArray(0, 4);
        } finally {
            java.lang.ref.Reference.reachabilityFence(memory);
        }
    }
}
