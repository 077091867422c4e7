package tandem.tools.kernel;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.kernels.ShippedPtx;
import tandem.kernels.assembler.Assembler;
import tandem.kernels.assembler.Assembly;
import tandem.kernels.ptx.PtxModule;
import tandem.tools.InputException;

/** {@code tandem kernels}: the kernels of this build with parameters and resource usage on each architecture. */
@Command(
        name = "kernels",
        description =
                "Lists the kernels of this build: entries, parameters, and the registers (+ bytes of shared memory) of each entry on "
                        + "each GPU architecture, as reported by NVIDIA's assembler. 'check' and 'run' do this for your own PTX file. "
                        + "A GPU is not required.",
        sortOptions = false,
        subcommands = {CheckCommand.class, RunCommand.class},
        footer = {
            "",
            "Examples:",
            "  tandem kernels --module elementwise --architecture sm_75,sm_90",
            "  tandem kernels check my_kernel.ptx"
        })
public final class KernelsCommand implements Callable<Integer> {

    @Option(
            names = {"-m", "--module"},
            paramLabel = "NAME",
            split = ",",
            description = "List only these modules.")
    private List<String> modules = List.of();

    @Mixin
    private ArchitectureOption architectures;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<String> all =
                Catalogue.entries().stream().map(KernelEntry::module).distinct().toList();
        for (String module : modules) {
            if (!all.contains(module)) {
                throw new InputException(
                        "--module " + module + ": no such module; the modules are " + String.join(" ", all));
            }
        }
        int entries = 0;
        for (String module : modules.isEmpty() ? all : modules) {
            PtxSource source = PtxSource.shipped(module);
            PtxModule parsed = ShippedPtx.module(module);
            out.println(source.name());
            for (KernelEntry entry : Catalogue.entries()) {
                if (entry.module().equals(module)) {
                    out.printf(
                            "  %s: %s (%d threads per block, at most %d registers)%n",
                            entry.entry(), entry.summary(), entry.threads(), entry.registers());
                }
            }
            out.println();
            CostTable table = new CostTable(parsed.entries(), assemble(source, architectures.names()));
            table.print(out);
            table.spills().forEach(out::println);
            out.println();
            entries += parsed.entries().size();
        }
        out.println(entries + (entries == 1 ? " entry" : " entries")
                + "; table cells: registers per thread, + bytes of shared memory per block");
        return 0;
    }

    /** The assembled source by architecture. */
    static Map<String, Assembly> assemble(PtxSource source, List<String> architectures) {
        Map<String, Assembly> assemblies = new LinkedHashMap<>();
        for (String architecture : architectures) {
            assemblies.put(architecture, Assembler.assemble(source.name(), source.text(), architecture));
        }
        return assemblies;
    }
}
