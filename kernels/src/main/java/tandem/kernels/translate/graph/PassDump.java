package tandem.kernels.translate.graph;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;

/** Prints what a pass made, when the system property {@code tandem.ptx.dump} is the name of the pass. */
public final class PassDump {

    private PassDump() {}

    private static boolean wanted(String pass) {
        return pass.equals(System.getProperty("tandem.ptx.dump"));
    }

    private static void heading(String pass, PtxEntry entry) {
        System.err.println("after " + pass + ": " + entry.name() + " (" + entry.file() + ")");
    }

    public static void show(String pass, PtxEntry entry, List<BasicBlock> blocks) {
        if (wanted(pass)) {
            heading(pass, entry);
            for (BasicBlock block : blocks) {
                System.err.println("  " + block);
                for (PtxInstruction instruction : block.instructions) {
                    System.err.println("    " + instruction.line() + ": " + instruction.opcode() + " "
                            + instruction.operands() + "    // " + instruction.text());
                }
            }
        }
    }

    public static void show(String pass, PtxEntry entry, Collection<?> lines) {
        if (wanted(pass)) {
            heading(pass, entry);
            lines.forEach(line -> System.err.println("  " + line));
        }
    }

    public static void show(String pass, PtxEntry entry, Map<?, ?> table) {
        if (wanted(pass)) {
            heading(pass, entry);
            table.forEach((key, value) -> System.err.println("  " + key + ": " + value));
        }
    }
}
