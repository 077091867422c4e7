package tandem.tools.kernel;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tandem.kernels.assembler.Assembly;
import tandem.kernels.assembler.Usage;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxParameter;

/**
 * A text table of kernel entries: parameters, and registers and shared memory on each architecture.
 *
 * @param entries the entries to list
 * @param assemblies the module for each architecture, by name, in the order of the columns
 */
record CostTable(List<PtxEntry> entries, Map<String, Assembly> assemblies) {

    /** The parameter types of an entry in order, consecutive equal types combined: {@code u64 x3, u32}. */
    static String parameters(PtxEntry entry) {
        List<String> groups = new ArrayList<>();
        List<PtxParameter> parameters = entry.parameters();
        for (int i = 0; i < parameters.size(); ) {
            int start = i;
            String type = type(parameters.get(i));
            while (i < parameters.size() && type(parameters.get(i)).equals(type)) {
                i++;
            }
            groups.add(i - start == 1 ? type : type + " x" + (i - start));
        }
        return groups.isEmpty() ? "none" : String.join(", ", groups);
    }

    private static String type(PtxParameter parameter) {
        String type = parameter.type().ptxName();
        return parameter.isScalar()
                ? type
                : type + "[" + parameter.bytes() / parameter.type().bytes() + "]";
    }

    /** Prints it. */
    void print(PrintWriter out) {
        int name = width("entry", entries.stream().map(PtxEntry::name).toList());
        int takes =
                width("parameters", entries.stream().map(CostTable::parameters).toList());
        out.printf("  %-" + name + "s  %-" + takes + "s", "entry", "parameters");
        assemblies.keySet().forEach(architecture -> out.printf("  %-10s", architecture));
        out.println();
        for (PtxEntry entry : entries) {
            StringBuilder line = new StringBuilder(
                    String.format("  %-" + name + "s  %-" + takes + "s", entry.name(), parameters(entry)));
            for (Assembly assembly : assemblies.values()) {
                line.append(String.format("  %-10s", cell(assembly.entry(entry.name()))));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String cell(Usage usage) {
        return usage.registers() + (usage.sharedBytes() == 0 ? "" : "+" + usage.sharedBytes() + "B");
    }

    /** One line for each entry that spills registers on some architecture. */
    List<String> spills() {
        List<String> lines = new ArrayList<>();
        for (PtxEntry entry : entries) {
            String where = assemblies.values().stream()
                    .filter(assembly -> spilled(assembly.entry(entry.name())) > 0)
                    .map(assembly -> assembly.architecture() + " (" + spilled(assembly.entry(entry.name())) + " bytes)")
                    .collect(Collectors.joining(", "));
            if (!where.isEmpty()) {
                lines.add(entry.file() + ":" + entry.line() + ": warning: " + entry.name() + " spills registers on "
                        + where);
            }
        }
        return lines;
    }

    private static int spilled(Usage usage) {
        return usage.spillStoreBytes() + usage.spillLoadBytes();
    }

    private static int width(String title, List<String> cells) {
        return Math.max(
                title.length(), cells.stream().mapToInt(String::length).max().orElse(0));
    }
}
