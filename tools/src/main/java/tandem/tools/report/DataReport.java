package tandem.tools.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.model.data.DataSummary;

/** Sections of a report about the contents of data sets. */
public final class DataReport {

    private DataReport() {}

    /** Tables of images, boxes and mask pixels of each list. */
    public static List<Section> sections(List<DataSummary> summaries) {
        List<Section> sections = new ArrayList<>();
        List<List<String>> images = new ArrayList<>();
        for (DataSummary summary : summaries) {
            for (DataSummary.Counts list : summary.lists()) {
                images.add(List.of(
                        name(summary, list),
                        count(list.images()),
                        count(list.boxed()),
                        count(list.empty()),
                        count(list.masked()),
                        count(list.blank()),
                        count(list.bare())));
            }
        }
        sections.add(new Section.Table(
                "Data",
                List.of(
                        "list",
                        "images",
                        "with boxes",
                        "without objects",
                        "with mask",
                        "mask only background",
                        "not annotated"),
                images,
                ""));
        for (DataSummary summary : summaries) {
            if (summary.lists().stream().anyMatch(list -> list.boxed() > 0)) {
                sections.add(boxes(summary));
            }
            if (summary.lists().stream().anyMatch(list -> list.masked() > 0)) {
                sections.add(pixels(summary));
            }
        }
        return sections;
    }

    private static Section boxes(DataSummary summary) {
        List<String> columns = new ArrayList<>(List.of("class"));
        List<DataSummary.Counts> lists =
                summary.lists().stream().filter(list -> list.boxed() > 0).toList();
        lists.forEach(list -> columns.add(list.name()));
        List<List<String>> rows = new ArrayList<>();
        for (int label = 0; label < summary.boxClasses().size(); label++) {
            List<String> row = new ArrayList<>(List.of(summary.boxClasses().get(label)));
            for (DataSummary.Counts list : lists) {
                row.add(count(list.boxes().get(label)));
            }
            rows.add(row);
        }
        return new Section.Table("Boxes in " + summary.data(), columns, rows, "");
    }

    private static Section pixels(DataSummary summary) {
        List<String> columns = new ArrayList<>(List.of("class"));
        List<DataSummary.Counts> lists =
                summary.lists().stream().filter(list -> list.masked() > 0).toList();
        lists.forEach(list -> columns.add(list.name()));
        List<List<String>> rows = new ArrayList<>();
        for (int value = 0; value <= summary.maskClasses().size() + 1; value++) {
            boolean ignored = value > summary.maskClasses().size();
            List<String> row = new ArrayList<>(List.of(
                    value == 0
                            ? "background"
                            : ignored ? "ignored" : summary.maskClasses().get(value - 1)));
            for (DataSummary.Counts list : lists) {
                long all = list.ignored()
                        + list.pixels().stream().mapToLong(Long::longValue).sum();
                row.add(share(ignored ? list.ignored() : list.pixels().get(value), all));
            }
            rows.add(row);
        }
        return new Section.Table("Mask pixels in " + summary.data(), columns, rows, "");
    }

    private static String name(DataSummary summary, DataSummary.Counts list) {
        return summary.data().equals(list.name()) ? list.name() : summary.data() + ", " + list.name();
    }

    private static String count(long value) {
        return Long.toString(value);
    }

    private static String share(long part, long all) {
        return String.format(Locale.ROOT, "%.2f %%", all == 0 ? 0 : 100.0 * part / all);
    }
}
