package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;
import tandem.engine.LibraryException;
import tandem.kernels.KernelEntry;
import tandem.kernels.ShippedPtx;
import tandem.kernels.ptx.PtxEntry;

/**
 * The PTX modules given to the driver so far, and their entries. A module is compiled on the first use of one of its
 * kernels.
 */
final class CudaModules {

    private static final int LOG_BYTES = 16_384;

    /** A kernel that the driver has compiled. */
    record Kernel(CUfunction function, PtxEntry entry) {}

    private final CudaContext context;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<String, Kernel> kernels = new HashMap<>();

    CudaModules(CudaContext context) {
        this.context = context;
    }

    /** The kernel, compiled. */
    Kernel kernel(KernelEntry entry) {
        Kernel known = kernels.get(entry.entry());
        if (known == null) {
            CUmodule module = modules.get(entry.module());
            if (module == null) {
                module = load(ShippedPtx.fileName(entry.module()), ShippedPtx.text(entry.module()));
                modules.put(entry.module(), module);
            }
            CUfunction function = new CUfunction();
            context.check(
                    JCudaDriver.cuModuleGetFunction(function, module, entry.entry()),
                    "cuModuleGetFunction of " + entry.entry());
            // With lazy loading this brings the code to the device now, rather than in the middle of a capture.
            context.check(
                    JCudaDriver.cuFuncGetAttribute(
                            new int[1], CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS, function),
                    "cuFuncGetAttribute of " + entry.entry());
            known = new Kernel(function, entry.declaration());
            kernels.put(entry.entry(), known);
        }
        return known;
    }

    private CUmodule load(String file, String text) {
        CUmodule handle = new CUmodule();
        JITOptions options = new JITOptions();
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        int result = JCudaDriver.cuModuleLoadDataJIT(handle, Pointer.to(direct(text)), options);
        if (result != 0) {
            RuntimeException failure = context.failure(result, file + ": cuModuleLoadDataEx");
            if (failure instanceof DeviceLostException) {
                throw failure;
            }
            throw new LibraryException(failure.getMessage() + "; the driver's compiler reports: " + log(options));
        }
        return handle;
    }

    /**
     * The text with a zero at its end, outside of the heap: a heap array would hold up garbage collection while the
     * driver compiles.
     */
    private static ByteBuffer direct(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static String log(JITOptions options) {
        byte[] bytes = options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
        int length = 0;
        while (bytes != null && length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return length == 0 ? "nothing" : new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    }

    void unloadAll() {
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
        kernels.clear();
    }
}
