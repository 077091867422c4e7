package tandem.tools.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.kernels.assembler.Assembler;
import tandem.kernels.assembler.Assembly;
import tandem.kernels.assembler.IsolatedAssembler;
import tandem.kernels.assembler.Verdict;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/** {@code tandem kernels check}: checks whether PTX files assemble and can run on the CPU; prints resource usage. */
@Command(
        name = "check",
        description =
                "Assembles PTX files with NVIDIA's assembler for each architecture that their .target allows and checks whether the CPU can run their "
                        + "entries. Problems are printed as FILE:LINE: ...; the exit code is 1 if there is an error.",
        sortOptions = false,
        footer = {"", "Example:", "  tandem kernels check my_kernel.ptx --architecture sm_86"})
final class CheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE.ptx", arity = "1..*", description = "PTX files, or names of modules of this build.")
    private List<String> files;

    @Mixin
    private ArchitectureOption architectures;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        boolean good = true;
        for (String file : files) {
            good &= check(PtxSource.of(file));
        }
        return good ? 0 : 1;
    }

    private boolean check(PtxSource source) {
        Set<String> errors = new LinkedHashSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        Map<String, Assembly> assemblies = new LinkedHashMap<>();
        if (source.version() > Assembler.NEWEST_VERSION) {
            warnings.add(source.name() + ": warning: the file is PTX " + source.version() + "; it was assembled as PTX "
                    + Assembler.NEWEST_VERSION + ", the newest version that this assembler takes");
        }
        List<String> names = architectures.names(source);
        String text = source.forAssembler(Assembler.NEWEST_VERSION);
        for (Verdict verdict : IsolatedAssembler.assemble(source.name(), text, names)) {
            if (verdict.good()) {
                assemblies.put(verdict.architecture(), verdict.assembly());
                warnings.addAll(verdict.assembly().warnings());
            } else if (verdict.late()) {
                // Unknown, neither good nor malformed.
                warnings.add(verdict.complaint().replaceFirst(": error: ", ": warning: ") + " ["
                        + verdict.architecture() + "]");
            } else {
                errors.addAll(verdict.complaint().lines().toList());
            }
        }
        List<PtxEntry> entries = List.of();
        try {
            PtxModule module = PtxModule.parse(source.name(), source.text());
            entries = module.entries();
            module.refused().forEach((name, refused) -> warnings.add(cannotRun(source, name, refused)));
            for (PtxEntry entry : entries) {
                untranslatable(source, module, entry).ifPresent(warnings::add);
            }
        } catch (PtxException e) {
            errors.add(source.explained(e));
        }
        out.println(source.name());
        if (errors.isEmpty()) {
            CostTable table = new CostTable(entries, assemblies);
            table.print(out);
            warnings.addAll(table.spills());
        }
        errors.forEach(out::println);
        warnings.forEach(out::println);
        out.println("  " + count(entries.size(), "entry", "entries") + ", " + count(errors.size(), "error", "errors")
                + ", " + count(warnings.size(), "warning", "warnings"));
        return errors.isEmpty();
    }

    /** The reasons why the CPU cannot run an entry; empty when it can. */
    private static Optional<String> untranslatable(PtxSource source, PtxModule module, PtxEntry entry) {
        try {
            Translator.translate(module, entry.name(), Mode.FAST);
            return Optional.empty();
        } catch (PtxException e) {
            return Optional.of(cannotRun(source, entry.name(), e));
        }
    }

    private static String cannotRun(PtxSource source, String entry, PtxException why) {
        return source.explained(why).lines().findFirst().orElse("") + " (so " + entry + " cannot run on the CPU)";
    }

    private static String count(int number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
