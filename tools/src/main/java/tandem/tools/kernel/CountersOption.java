package tandem.tools.kernel;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import tandem.kernels.count.LaunchCounters;
import tandem.kernels.count.LineCount;
import tandem.kernels.ptx.SourceLines;
import tandem.kernels.translate.HostKernel;

/** {@code --counters}: what each source line does. */
final class CountersOption {

    private static final List<String> TITLES = List.of(
            "instructions",
            "bytes",
            "moved",
            "shared",
            "conflicts",
            "branches",
            "divergent",
            "atomics",
            "same address");

    @Option(
            names = "--counters",
            description =
                    "Count by source line: instructions, bytes requested and bytes moved (32-byte sectors of each warp "
                            + "access), shared memory accesses and bank conflicts, branches and divergent ones, atomic operations and "
                            + "those to one address.")
    private boolean print;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the counters beside the source to an HTML file.")
    private Path html;

    @Option(
            names = "--card",
            paramLabel = "CARD",
            defaultValue = "rtx-4090",
            description =
                    "Card for the roofline: a name, or GIGABYTES_PER_SECOND,TERAFLOPS. Default: ${DEFAULT-VALUE}.")
    private String card;

    boolean wanted() {
        return print || html != null;
    }

    /** Counters for a launch; PTX lines without source count as themselves, negative. */
    LaunchCounters start(HostKernel kernel, SourceLines lines) {
        GpuCard.of(card);
        return new LaunchCounters(kernel.blocks(), line -> lines.number(line) == 0 ? -line : lines.number(line));
    }

    void report(LaunchCounters counters, SourceLines lines, PrintWriter out) throws IOException {
        if (print) {
            out.printf("%-24s", "line");
            TITLES.forEach(title -> out.printf(" %12s", title));
            out.println();
            for (Map.Entry<Integer, LineCount> line : sorted(counters, lines)) {
                row(place(line.getKey(), lines), line.getValue(), out);
            }
            row("sum", counters.sum(), out);
            out.println(GpuCard.of(card).roofline(counters.sum()));
        }
        if (html != null) {
            Files.writeString(html, page(counters, lines));
            out.println("counters: " + html);
        }
    }

    private static List<Map.Entry<Integer, LineCount>> sorted(LaunchCounters counters, SourceLines lines) {
        List<Map.Entry<Integer, LineCount>> sorted =
                new ArrayList<>(counters.lines().entrySet());
        sorted.sort(Comparator.comparing((Map.Entry<Integer, LineCount> line) ->
                        line.getKey() < 0 ? "" : lines.place(line.getKey()).file())
                .thenComparing(line -> line.getKey() < 0
                        ? -line.getKey()
                        : lines.place(line.getKey()).line()));
        return sorted;
    }

    private static String place(int number, SourceLines lines) {
        if (number < 0) {
            return "PTX line " + -number;
        }
        SourceLines.Place place = lines.place(number);
        return FindingsReport.shortened(place.file()) + ":" + place.line();
    }

    private static void row(String name, LineCount count, PrintWriter out) {
        out.printf("%-24s", name);
        cells(count).forEach(cell -> out.printf(" %12d", cell));
        out.println();
    }

    private static List<Long> cells(LineCount count) {
        return List.of(
                count.instructions(),
                count.requestedBytes(),
                count.movedBytes(),
                count.sharedAccesses(),
                count.bankConflicts(),
                count.branches(),
                count.divergentBranches(),
                count.atomics(),
                count.atomicConflicts());
    }

    private String page(LaunchCounters counters, SourceLines lines) {
        StringBuilder page = new StringBuilder(
                "<!DOCTYPE html><meta charset=\"utf-8\"><title>Counters</title><style>"
                        + "body{font:14px sans-serif}td,th{padding:0 8px;text-align:right;white-space:pre}td:last-child,"
                        + "td:first-child{text-align:left;font-family:monospace}.w{background:#fdd}</style>\n<table><tr><th>line");
        TITLES.forEach(title -> page.append("<th>").append(title));
        page.append("<th>source</tr>\n");
        for (Map.Entry<Integer, LineCount> line : sorted(counters, lines)) {
            String text = "";
            if (line.getKey() > 0) {
                SourceLines.Place place = lines.place(line.getKey());
                List<String> source = FindingsReport.read(place.file());
                text = place.line() <= source.size() ? source.get(place.line() - 1) : "";
            }
            row(place(line.getKey(), lines), line.getValue(), text, page);
        }
        row("sum", counters.sum(), "", page);
        return page.append("</table>\n<p>")
                .append(escaped(GpuCard.of(card).roofline(counters.sum())))
                .append("</p>\n")
                .toString();
    }

    /** A row; what costs more than it must is red. */
    private static void row(String name, LineCount count, String source, StringBuilder page) {
        List<Boolean> wasteful = new ArrayList<>(List.of(
                false,
                false,
                count.movedBytes() > 2 * count.requestedBytes(),
                false,
                count.bankConflicts() > 0,
                false,
                count.divergentBranches() > 0,
                false,
                count.atomicConflicts() > 0));
        page.append("<tr><td>").append(escaped(name));
        List<Long> cells = cells(count);
        for (int i = 0; i < cells.size(); i++) {
            page.append(wasteful.get(i) ? "<td class=w>" : "<td>").append(cells.get(i));
        }
        page.append("<td>").append(escaped(source)).append("</tr>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
