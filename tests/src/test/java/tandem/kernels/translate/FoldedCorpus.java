package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.kernels.assembler.Assembler;

/**
 * A file of the corpus with its inputs written as constants, one entry for each thread. NVIDIA's assembler then
 * computes most outputs while it assembles, and its machine code stores them.
 */
final class FoldedCorpus {

    /** A few files have hundreds of threads, one for each value of a type. */
    private static final int MAX_THREADS = 48;

    private static final Pattern POINTER = Pattern.compile("ld\\.param\\.u64 %at, \\[in(\\d+)\\];");
    private static final Pattern LOAD = Pattern.compile("ld\\.global\\.(\\w)(\\d+) (%\\w+), \\[%at\\];");
    private static final Pattern STORE = Pattern.compile("st\\.global\\.(\\w+) \\[%out\\+(\\d+)\\], (%\\w+);");

    private static final Pattern TARGET = Pattern.compile("\\.target (sm_\\d+)");

    private FoldedCorpus() {}

    /**
     * The values that the assembler computed for the first threads, by row; a row is left out where it computed none.
     */
    static List<Map<Integer, Long>> fold(CorpusFile file) {
        String text = file.text();
        Matcher target = TARGET.matcher(text);
        String architecture = target.find() ? target.group(1) : "sm_75";
        int threads = Math.min(file.threads(), MAX_THREADS);
        String[] lines =
                text.substring(text.indexOf("{") + 1, text.lastIndexOf("}")).split("\n");
        StringBuilder ptx = new StringBuilder(".version 7.8\n.target " + architecture + "\n.address_size 64\n");
        for (int thread = 0; thread < threads; thread++) {
            ptx.append(".visible .entry k").append(thread).append("(.param .u64 out)\n{\n");
            for (String line : entry(file, lines, thread)) {
                ptx.append(line).append('\n');
            }
            ptx.append("}\n");
        }
        Cubin cubin = Cubin.of(
                Assembler.assemble(file.name(), ptx.toString(), architecture).cubin());
        List<Map<Integer, Long>> constants = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            Map<Integer, Long> rows = new HashMap<>();
            StoredConstants.of(cubin.code("k" + thread)).forEach((offset, value) -> rows.put(offset / 8, value));
            constants.add(rows);
        }
        return constants;
    }

    private static List<String> entry(CorpusFile file, String[] lines, int thread) {
        List<String> entry = new ArrayList<>();
        int input = -1;
        for (String raw : lines) {
            String line = raw.strip();
            Matcher match;
            if ((match = POINTER.matcher(line)).matches()) {
                input = Integer.parseInt(match.group(1));
            } else if ((match = LOAD.matcher(line)).matches()) {
                entry.add(constant(
                        match.group(1),
                        Integer.parseInt(match.group(2)),
                        match.group(3),
                        file.inputs().get(input)[thread]));
            } else if ((match = STORE.matcher(line)).matches()) {
                int row = Integer.parseInt(match.group(2)) / (8 * file.threads());
                entry.add("st.global." + match.group(1) + " [%out+" + 8 * row + "], " + match.group(3) + ";");
            } else if (line.startsWith("mov.u32 %me")) {
                entry.add("mov.u32 %me, " + thread + ";");
            } else if (!line.startsWith("add.s64 %at")
                    && !line.startsWith("mul.wide.u32 %offset")
                    && !line.equals("add.s64 %out, %out, %offset;")
                    && (line.startsWith(".") || !line.contains("%scratch, "))) {
                entry.add(line);
            }
        }
        return entry;
    }

    private static String constant(String kind, int bits, String register, long value) {
        if (kind.equals("f")) {
            return "mov.f" + bits + " " + register + ", "
                    + (bits == 32 ? String.format("0f%08X", (int) value) : String.format("0d%016X", value)) + ";";
        }
        // A register of 8 bits is one of 16.
        long masked = bits == 64 ? value : value & (1L << bits) - 1;
        return "mov.b" + Math.max(bits, 16) + " " + register + ", 0x" + Long.toHexString(masked) + ";";
    }
}
