package tandem.kernels.translate.x86;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import tandem.kernels.ptx.PtxEntry;

/** Translates kernels to machine code for eight threads at once, where the processor and the kernel allow it. */
public final class VectorTranslator {

    /**
     * System property that turns the machine code on ({@code true}) and off ({@code false}). With {@code masked} every
     * group of threads runs in the code for some lanes, which is slower: for tests.
     */
    public static final String PROPERTY = "tandem.kernels.vectors";

    private static final String MASKED = "masked";

    private VectorTranslator() {}

    private static final class Here {
        static final String OBSTACLE = Processor.obstacle();
    }

    /** Why kernels run as bytecode on this machine, or null when they may run as machine code. */
    public static String obstacle() {
        String wanted = System.getProperty(PROPERTY, "true");
        if (!wanted.equals("true") && !wanted.equals(MASKED)) {
            return "it is switched off by -D" + PROPERTY + "=" + wanted;
        }
        return Here.OBSTACLE;
    }

    /**
     * What became of a kernel.
     *
     * @param kernel the kernel, or null when it must run as bytecode
     * @param reason why it must, or null
     */
    public record Result(VectorKernel kernel, String reason) {}

    /**
     * Translates an entry.
     *
     * @param variables address of a variable of the module; 0 when it has none of that name
     */
    public static Result translate(PtxEntry entry, ToLongFunction<String> variables) {
        String obstacle = obstacle();
        if (obstacle != null) {
            return new Result(null, obstacle);
        }
        try {
            return new Result(kernel(entry, code(entry, variables)), null);
        } catch (UnsupportedForm e) {
            return new Result(null, "it uses " + e.getMessage());
        } catch (RuntimeException e) {
            // Malformed text among others: the bytecode translation reports it.
            return new Result(null, e.toString());
        }
    }

    /**
     * The machine code of an entry, that for the largest groups of threads first. Only where there is no
     * {@link #obstacle}.
     *
     * @throws RuntimeException when the entry must run as bytecode
     */
    public static List<VectorCode> code(PtxEntry entry, ToLongFunction<String> variables) {
        LaneProgram program = LaneProgram.of(entry);
        Symbols symbols = new Symbols(entry, variables);
        List<VectorCode> written = new ArrayList<>();
        for (int parts = program.suitableParts(); parts > program.parts(); parts /= 2) {
            written.add(VectorCode.of(new VectorWriter(program.with(parts), symbols), true));
        }
        written.add(VectorCode.of(new VectorWriter(program, symbols), false));
        return written;
    }

    /** The kernel that runs the code of an entry. */
    public static VectorKernel kernel(PtxEntry entry, List<VectorCode> code) {
        return new VectorKernel(code, entry.sharedBytes(), MASKED.equals(System.getProperty(PROPERTY)));
    }
}
