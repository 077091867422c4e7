package tandem.tools.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.figure.Chart;
import tandem.model.figure.ClassColors;

/** A section of a report, with a heading. */
public sealed interface Section {

    /** The heading. */
    String title();

    /** Names and values, such as the settings of a run, in the order of the map. */
    record Facts(String title, Map<String, String> facts) implements Section {
        /** Copies the map and keeps its order. */
        public Facts {
            facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        }
    }

    /**
     * A table; its first column is text, the others are figures.
     *
     * @param columns headings
     * @param rows each with one cell for each column
     * @param note text under the table; may be empty
     */
    record Table(String title, List<String> columns, List<List<String>> rows, String note) implements Section {
        /** @throws IllegalArgumentException when a row is longer or shorter than the headings */
        public Table {
            columns = List.copyOf(columns);
            List<List<String>> copies = new ArrayList<>();
            for (List<String> row : rows) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException("table \"%s\" with %d columns has a row of %d cells: %s"
                            .formatted(title, columns.size(), row.size(), row));
                }
                copies.add(List.copyOf(row));
            }
            rows = List.copyOf(copies);
        }
    }

    /**
     * Line charts.
     *
     * @param note text under the charts; may be empty
     */
    record Charts(String title, List<Chart> charts, String note) implements Section {
        /** Copies the list. */
        public Charts {
            charts = List.copyOf(charts);
        }
    }

    /**
     * The settings of a run.
     *
     * @param note text under the table; may be empty
     */
    record Settings(String title, List<SettingRow> rows, String note) implements Section {
        /** Copies the list. */
        public Settings {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One setting.
     *
     * @param origin where the value is from: default, given, or chosen and why; may be empty
     */
    record SettingRow(String name, String value, String origin) {}

    /**
     * Rows of images, each with a caption.
     *
     * @param legend colors that are used in the images; may be empty
     * @param note text above the images; may be empty
     */
    record Gallery(String title, List<LegendEntry> legend, List<Strip> strips, String note) implements Section {
        /** Copies the lists. */
        public Gallery {
            legend = List.copyOf(legend);
            strips = List.copyOf(strips);
        }

        /** The colors of classes. */
        public static List<LegendEntry> legend(ClassColors colors) {
            List<LegendEntry> entries = new ArrayList<>();
            for (String name : colors.names()) {
                int rgb = ClassColors.ordinal(entries.size()).getRGB() & 0xffffff;
                entries.add(new LegendEntry(String.format("#%06x", rgb), name));
            }
            return entries;
        }
    }

    /**
     * A color and what it stands for.
     *
     * @param color as {@code #rrggbb}
     */
    record LegendEntry(String color, String name) {}

    /**
     * Images side by side.
     *
     * @param caption text above them
     * @param figures each with its own caption
     */
    record Strip(String caption, List<Figure> figures) {
        /** Copies the list. */
        public Strip {
            figures = List.copyOf(figures);
        }
    }

    /**
     * Images.
     *
     * @param note text above the images; may be empty
     */
    record Figures(String title, List<Figure> figures, String note) implements Section {
        /** Copies the list. */
        public Figures {
            figures = List.copyOf(figures);
        }
    }

    /**
     * One image.
     *
     * @param caption description of the image; also its alternative text
     * @param file the bytes of a PNG or JPEG file
     */
    record Figure(String caption, byte[] file) {
        /** @throws IllegalArgumentException when the bytes are neither PNG nor JPEG */
        public Figure {
            if (type(file) == null) {
                throw new IllegalArgumentException("image \"" + caption + "\" is neither a PNG nor a JPEG file");
            }
            file = file.clone();
        }

        /** Its media type. */
        String mediaType() {
            return type(file);
        }

        private static String type(byte[] file) {
            if (file.length > 8 && (file[0] & 0xff) == 0x89 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G') {
                return "image/png";
            }
            return file.length > 3 && (file[0] & 0xff) == 0xff && (file[1] & 0xff) == 0xd8 ? "image/jpeg" : null;
        }
    }

    /** Paragraphs, each with a subject. */
    record Text(String title, List<Paragraph> paragraphs) implements Section {
        /** Copies the list. */
        public Text {
            paragraphs = List.copyOf(paragraphs);
        }
    }

    /**
     * One paragraph.
     *
     * @param subject one or two words, printed bold before the text
     */
    record Paragraph(String subject, String text) {}

    /** Lines of text, such as what was skipped and why. */
    record Notes(String title, List<String> lines) implements Section {
        /** Copies the list. */
        public Notes {
            lines = List.copyOf(lines);
        }
    }
}
