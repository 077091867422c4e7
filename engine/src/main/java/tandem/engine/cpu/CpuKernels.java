package tandem.engine.cpu;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tandem.kernels.KernelEntry;
import tandem.kernels.ShippedPtx;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/** Kernels of the catalogue, translated on first use. Thread-safe: a kernel is translated once. */
final class CpuKernels {

    private final Mode mode;
    private final Map<String, HostKernel> kernels = new ConcurrentHashMap<>();

    CpuKernels(Mode mode) {
        this.mode = mode;
    }

    HostKernel find(KernelEntry entry) {
        HostKernel known = kernels.get(entry.entry());
        return known != null ? known : kernels.computeIfAbsent(entry.entry(), name -> translate(entry));
    }

    private HostKernel translate(KernelEntry entry) {
        return Translator.translate(ShippedPtx.module(entry.module(), entry.entry()), entry.entry(), mode);
    }
}
