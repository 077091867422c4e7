package tandem.engine.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tandem.kernels.KernelEntry;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/** Kernels of the catalogue, parsed and translated when they are first asked for. */
final class CpuKernels {

    private final Mode mode;
    private final Map<String, PtxModule> modules = new HashMap<>();
    private final Map<String, HostKernel> kernels = new HashMap<>();

    CpuKernels(Mode mode) {
        this.mode = mode;
    }

    HostKernel find(KernelEntry entry) {
        HostKernel kernel = kernels.get(entry.entry());
        if (kernel == null) {
            PtxModule module = modules.computeIfAbsent(entry.module(), CpuKernels::parse);
            kernel = Translator.translate(module, entry.entry(), mode);
            kernels.put(entry.entry(), kernel);
        }
        return kernel;
    }

    private static PtxModule parse(String name) {
        String resource = "/tandem/kernels/" + name + ".ptx";
        try (InputStream stream = KernelEntry.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalArgumentException("there is no " + resource
                        + " in the kernels' jar; run kernels/build.sh " + name + " and build again");
            }
            return PtxModule.parse(name + ".ptx", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
