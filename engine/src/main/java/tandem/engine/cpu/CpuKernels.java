package tandem.engine.cpu;

import java.util.HashMap;
import java.util.Map;
import tandem.kernels.KernelEntry;
import tandem.kernels.ShippedPtx;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/** Kernels of the catalogue, translated on first use. */
final class CpuKernels {

    private final Mode mode;
    /** Held, so that all kernels of a file share the variables of one module. */
    private final Map<String, PtxModule> modules = new HashMap<>();

    private final Map<String, HostKernel> kernels = new HashMap<>();

    CpuKernels(Mode mode) {
        this.mode = mode;
    }

    HostKernel find(KernelEntry entry) {
        HostKernel kernel = kernels.get(entry.entry());
        if (kernel == null) {
            PtxModule module = modules.computeIfAbsent(entry.module(), ShippedPtx::module);
            kernel = Translator.translate(module, entry.entry(), mode);
            kernels.put(entry.entry(), kernel);
        }
        return kernel;
    }
}
