package tandem.kernels.translate;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tandem.kernels.KernelEntry;
import tandem.kernels.ShippedPtx;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxLabel;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxVariable;
import tandem.kernels.translate.forms.Form;
import tandem.kernels.translate.forms.FormTable;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.machine.KernelCode;
import tandem.kernels.translate.machine.KernelLoader;
import tandem.kernels.translate.x86.VectorCode;
import tandem.kernels.translate.x86.VectorKernel;
import tandem.kernels.translate.x86.VectorTranslator;

/** Translates kernels from PTX to machine code where that is possible, else to JVM bytecode. */
public final class Translator {

    /** Labels and branches of a body; large kernels have hundreds. */
    private static final int MAX_BRANCHES = 8192;

    private Translator() {}

    /**
     * Translates one entry.
     *
     * @throws tandem.kernels.ptx.PtxException when the module has no such entry, or the entry uses an instruction that
     *     the translator does not support; names the line and lists what is supported
     */
    public static HostKernel translate(PtxModule module, String entry, Mode mode) {
        PtxEntry parsed = module.entry(entry);
        try {
            requireBranches(parsed);
            if (mode == Mode.FAST) {
                ModuleMemory memory = ModuleMemory.of(module);
                VectorKernel vectors = VectorTranslator.translate(parsed, memory::addressOrZero)
                        .kernel();
                if (vectors != null) {
                    return new HostKernel(module, parsed, mode, vectors, memory);
                }
            }
            return translate(module, entry, mode, CutLargeMethods.LIMIT);
        } catch (PtxException e) {
            throw e.inEntry(entry);
        }
    }

    /**
     * Translates a kernel of this build. Its machine code is stored, so that later processes need not translate it.
     *
     * @throws tandem.kernels.ptx.PtxException as {@link #translate(PtxModule, String, Mode)}
     */
    public static HostKernel translateShipped(KernelEntry kernel, Mode mode) {
        String entry = kernel.entry();
        boolean machine = mode == Mode.FAST && VectorTranslator.obstacle() == null;
        List<VectorCode> code = machine ? CodeStore.standard().read(entry) : List.of();
        if (!code.isEmpty()) {
            return new HostKernel(kernel.declaration(), code);
        }
        PtxModule module = ShippedPtx.module(kernel.module(), entry);
        if (machine && !hasAddresses(module, module.entry(entry))) {
            try {
                code = VectorTranslator.code(module.entry(entry), name -> 0);
            } catch (RuntimeException e) {
                return translate(module, entry, mode);
            }
            CodeStore.standard().write(entry, code);
            return new HostKernel(kernel.declaration(), code);
        }
        return translate(module, entry, mode);
    }

    /** Whether an instruction names a variable of the module: code with addresses is of this process alone. */
    private static boolean hasAddresses(PtxModule module, PtxEntry entry) {
        Set<String> variables = module.variables().stream()
                .filter(variable -> !variable.space().equals("shared"))
                .map(PtxVariable::name)
                .collect(Collectors.toSet());
        return entry.body().stream()
                .filter(PtxInstruction.class::isInstance)
                .flatMap(statement -> ((PtxInstruction) statement).operands().stream())
                .map(operand -> operand instanceof Operand.Address address ? address.base() : operand)
                .anyMatch(operand -> operand instanceof Operand.Symbol symbol && variables.contains(symbol.name()));
    }

    /** Some passes take time in proportion to the square of the basic blocks. */
    private static void requireBranches(PtxEntry entry) {
        long count = entry.body().stream()
                .filter(statement -> statement instanceof PtxLabel
                        || statement instanceof PtxInstruction instruction
                                && instruction.opcode().equals("bra"))
                .count();
        if (count > MAX_BRANCHES) {
            throw new PtxException(
                    entry.file(),
                    entry.line(),
                    "entry " + entry.name() + " has " + count + " labels and branches; at most " + MAX_BRANCHES
                            + " are supported");
        }
    }

    /**
     * Why the kernel runs as bytecode and not as machine code, or null when it does run as machine code.
     *
     * @throws tandem.kernels.ptx.PtxException as {@link #translate}
     */
    public static String whyBytecode(PtxModule module, String entry) {
        return VectorTranslator.translate(module.entry(entry), ModuleMemory.of(module)::addressOrZero)
                .reason();
    }

    /**
     * As {@link #translate(PtxModule, String, Mode)}, always to bytecode, with methods of at most {@code limit} bytes
     * of bytecode.
     */
    static HostKernel translate(PtxModule module, String entry, Mode mode, int limit) {
        PtxEntry parsed = module.entry(entry);
        KernelGraph graph = KernelGraph.of(parsed);
        ModuleMemory memory = ModuleMemory.of(module);
        KernelClass.Written written = KernelClass.write(graph, memory, mode, limit);
        while (CutLargeMethods.run(graph, written.sizes(), limit)) {
            graph = graph.again();
            written = KernelClass.write(graph, memory, mode, limit);
        }
        KernelCode code = KernelLoader.load(written.classFile());
        return new HostKernel(module, parsed, mode, code, graph, memory);
    }

    /** Those of {@link #supportedForms} that an instruction is an example of; throws when its form is not supported. */
    static List<String> formsOf(PtxModule module, PtxInstruction instruction) {
        return FormTable.find(module.file(), instruction).namesOf(instruction);
    }

    /** Every instruction form that is supported, such as {@code add.rn.ftz.f32}. */
    static List<String> supportedForms() {
        return FormTable.forms().stream().map(Form::names).flatMap(List::stream).toList();
    }
}
