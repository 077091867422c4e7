package tandem.engine.cpu;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;
import tandem.kernels.translate.x86.VectorTranslator;

/**
 * Kernels of the catalogue, translated on first use, once for all devices of a process: a second device needs neither
 * time nor memory for them. Thread-safe.
 */
final class CpuKernels {

    /** By what decides how a kernel is translated. */
    private static final Map<String, CpuKernels> SHARED = new ConcurrentHashMap<>();

    private final Mode mode;
    private final Map<String, HostKernel> kernels = new ConcurrentHashMap<>();

    private CpuKernels(Mode mode) {
        this.mode = mode;
    }

    /** Those of a mode, and of the present value of {@link VectorTranslator#PROPERTY}. */
    static CpuKernels of(Mode mode) {
        return SHARED.computeIfAbsent(
                mode + " " + System.getProperty(VectorTranslator.PROPERTY), key -> new CpuKernels(mode));
    }

    HostKernel find(KernelEntry entry) {
        HostKernel known = kernels.get(entry.entry());
        return known != null
                ? known
                : kernels.computeIfAbsent(entry.entry(), name -> Translator.translateShipped(entry, mode));
    }
}
