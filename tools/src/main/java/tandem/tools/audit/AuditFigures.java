package tandem.tools.audit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.model.audit.AuditResult;
import tandem.model.audit.Finding;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;
import tandem.model.figure.ClassColors;
import tandem.model.figure.HeatMap;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.figure.Sheet;
import tandem.model.metrics.TruthBox;
import tandem.tools.RgbImage;
import tandem.tools.report.Section;

/**
 * Images for the report of an audit: near-duplicates side by side, boxes and masks that disagree, heat maps of box
 * positions.
 */
final class AuditFigures {

    private static final int PAIRS = 6;
    private static final int EXAMPLES = 9;
    private static final int COLUMNS = 3;
    private static final int CELL = 20;
    private static final int MAX_CELL_SIZE = 260;

    private final Map<String, Sample> samples = new LinkedHashMap<>();
    private final int sampleBits;
    private final Overlay overlay;

    AuditFigures(DataReader reader) {
        DataSet data = reader.read("data", ImageLists.everything(), BadFiles.skipUndecoded());
        sampleBits = SampleBits.of(SampleBits.of(data));
        data.samples().forEach(sample -> samples.put(sample.id(), sample));
        overlay = new Overlay(new ClassColors(data.boxClasses(), data.maskClasses()));
    }

    List<Section> sections(AuditResult result) {
        List<Section> sections = new ArrayList<>();
        List<Section.Figure> pairs = new ArrayList<>();
        result.duplicates().stream()
                .sorted((a, b) ->
                        Boolean.compare(a.crossing().isEmpty(), b.crossing().isEmpty()))
                .limit(PAIRS)
                .forEach(pair -> pairs.add(new Section.Figure(
                        pair.one() + " and " + pair.other()
                                + (pair.samePixels() ? ": identical pixels" : ": similar")
                                + (pair.crossing().isEmpty() ? "" : "; in both " + pair.crossing()),
                        ImageFiles.png(Sheet.of(
                                List.of(cell(pair.one(), pair.one()), cell(pair.other(), pair.other())), 2, null)))));
        if (!pairs.isEmpty()) {
            sections.add(new Section.Figures(
                    "Near-duplicates",
                    pairs,
                    "At most " + PAIRS + " pairs, pairs across training and held-out lists first."));
        }
        examples(result, sections, "Boxes without mask pixels", Finding.Kind.BOX_WITHOUT_MASK);
        examples(result, sections, "Mask pixels outside all boxes", Finding.Kind.MASK_OUTSIDE_BOXES);
        examples(result, sections, "Boxes whose class differs from the file name", Finding.Kind.OTHER_CLASS);
        return sections;
    }

    private void examples(AuditResult result, List<Section> sections, String title, Finding.Kind kind) {
        Set<String> files = new LinkedHashSet<>();
        List<Finding> findings = result.findings(kind);
        for (int i = 0; i < EXAMPLES && !findings.isEmpty(); i++) {
            files.add(
                    findings.get((int) ((long) i * findings.size() / EXAMPLES)).file());
        }
        List<Sheet.Cell> cells = files.stream()
                .filter(samples::containsKey)
                .map(file -> cell(file, file))
                .toList();
        if (!cells.isEmpty()) {
            sections.add(new Section.Figures(
                    title,
                    List.of(new Section.Figure(
                            String.join(", ", files), ImageFiles.png(Sheet.of(cells, COLUMNS, null)))),
                    "Examples from the " + findings.size() + " findings, with boxes and masks."));
        }
    }

    private Sheet.Cell cell(String id, String caption) {
        Sample sample = samples.get(id);
        List<TruthBox> boxes = sample.boxes()
                .map(list -> list.stream().map(TruthBox::of).toList())
                .orElse(List.of());
        BufferedImage annotated = overlay.truth(
                RgbImage.of(ImageDecoder.decode(sample, sampleBits)),
                boxes,
                ImageDecoder.mask(sample).orElse(null));
        double scale = Math.min(1, (double) MAX_CELL_SIZE / Math.max(annotated.getWidth(), annotated.getHeight()));
        BufferedImage small = new BufferedImage(
                Math.max(1, (int) (annotated.getWidth() * scale)),
                Math.max(1, (int) (annotated.getHeight() * scale)),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.drawImage(
                annotated.getScaledInstance(small.getWidth(), small.getHeight(), Image.SCALE_AREA_AVERAGING),
                0,
                0,
                Color.WHITE,
                null);
        graphics.dispose();
        return new Sheet.Cell(caption, small);
    }

    /** Heat maps of the positions of box centers, one for each class. */
    Section positions(AuditResult result) {
        List<Sheet.Cell> maps = new ArrayList<>();
        for (AuditResult.ClassShape one : result.classes()) {
            int size = one.positions().size();
            float[] values = new float[size * CELL * size * CELL];
            int max = one.positions().stream()
                    .flatMap(List::stream)
                    .mapToInt(Integer::intValue)
                    .max()
                    .orElse(1);
            for (int i = 0; i < values.length; i++) {
                values[i] = one.positions().get(i / (size * CELL) / CELL).get(i % (size * CELL) / CELL);
            }
            maps.add(new Sheet.Cell(one.name(), HeatMap.image(values, size * CELL, size * CELL, 0, max)));
        }
        return new Section.Figures(
                "Box positions",
                List.of(new Section.Figure(
                        "box centers by class: dark is none, yellow is the maximum of the class",
                        ImageFiles.png(Sheet.of(maps, 6, null)))),
                "");
    }
}
