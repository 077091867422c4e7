package tandem.tools.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tandem.model.data.Annotation;
import tandem.model.data.DataSummary;
import tandem.model.figure.Chart;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.image.PixelSize;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.PartCurve;
import tandem.model.metrics.PartOutcome;
import tandem.model.metrics.TruthBox;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.StepLosses;
import tandem.model.train.TrainingEvent;
import tandem.model.validation.LearningFinding;

class HtmlReportTest {

    private static Document parse(String html) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(html)));
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** The text of every cell, row by row. */
    private static List<List<String>> rows(Document page) {
        List<List<String>> rows = new ArrayList<>();
        for (Element row : elements(page, "tr")) {
            List<String> cells = new ArrayList<>();
            NodeList nodes = row.getChildNodes();
            for (int i = 0; i < nodes.getLength(); i++) {
                cells.add(nodes.item(i).getTextContent());
            }
            rows.add(cells);
        }
        return rows;
    }

    private static List<String> texts(Document page, String name) {
        return elements(page, name).stream().map(Element::getTextContent).toList();
    }

    private static Evaluator evaluator() {
        Evaluator evaluator = new Evaluator(List.of("scratch", "pit <deep>", "stain"), List.of("stain"));
        BoxRegion box = new BoxRegion(10, 10, 40, 40);
        evaluator.add(
                "a",
                List.of(new Detection(0, 0.9, box)),
                List.of(new TruthBox(0, box, false), new TruthBox(1, box, false)),
                new byte[] {0, 1, 1, 1},
                new byte[] {0, 0, 1, 1});
        return evaluator;
    }

    @Test
    void figuresOfAnEvaluationAreThere() throws Exception {
        var evaluation = evaluator().result();
        Document page = parse(HtmlReport.render(new Report(
                "Run",
                "What was run.",
                EvaluationReport.headlines(evaluation),
                EvaluationReport.sections(evaluation))));
        List<String> values = elements(page, "div").stream()
                .filter(element -> element.getAttribute("class").equals("value"))
                .map(Element::getTextContent)
                .toList();
        // One of two classes is found; IoU 1/2 of background, 2/3 of stain; three of four pixels.
        assertEquals(List.of("0.500", "0.500", "0.583", "0.750"), values);
        List<List<String>> rows = rows(page);
        assertTrue(rows.contains(List.of("scratch", "1", "1", "1.000", "1.000", "1.000", "1.000")), rows.toString());
        assertTrue(rows.contains(List.of("pit <deep>", "1", "0", "0.000", "0.000", "0.000", "0.000")), rows.toString());
        assertTrue(rows.contains(List.of("stain", "0", "0", "–", "–", "–", "–")), rows.toString());
        assertTrue(rows.contains(List.of("background", "50.00 %", "25.00 %", "0.500", "0.500")), rows.toString());
        assertTrue(rows.contains(List.of("stain", "50.00 %", "75.00 %", "0.667", "1.000")), rows.toString());
        assertEquals(1, elements(page, "svg").size());
        assertTrue(texts(page, "text").contains("scratch 1.00"));
    }

    @Test
    void nothingIsReferencedAndNothingRuns() throws Exception {
        byte[] png = ImageFiles.png(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB));
        byte[] jpeg = ImageFiles.jpeg(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), 0.8);
        String html = HtmlReport.render(new Report(
                "t",
                "s",
                List.of(),
                List.of(
                        new Section.Figures(
                                "Examples",
                                List.of(new Section.Figure("one", png), new Section.Figure("two", jpeg)),
                                "note"),
                        new Section.Charts("Curves", new TrainingCurves().charts(), ""))));
        Document page = parse(html);
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            assertFalse(
                    List.of("script", "link", "iframe", "object", "embed", "base", "use", "image", "a")
                            .contains(element.getTagName()),
                    element.getTagName());
            NamedNodeMap attributes = element.getAttributes();
            for (int k = 0; k < attributes.getLength(); k++) {
                String name = attributes.item(k).getNodeName();
                String value = attributes.item(k).getNodeValue();
                assertFalse(name.startsWith("on"), name);
                if (name.equals("src")) {
                    assertTrue(value.startsWith("data:image/"), value);
                } else if (!name.equals("xmlns")) {
                    assertFalse(value.contains("://") || name.contains("href"), name + "=" + value);
                }
            }
        }
        String style = elements(page, "style").get(0).getTextContent();
        assertFalse(style.contains("url(") || style.contains("@import"));
        List<Element> images = elements(page, "img");
        assertEquals(
                "data:image/png;base64," + Base64.getEncoder().encodeToString(png),
                images.get(0).getAttribute("src"));
        String second = images.get(1).getAttribute("src");
        assertArrayEquals(jpeg, Base64.getDecoder().decode(second.substring("data:image/jpeg;base64,".length())));
        assertEquals("two", images.get(1).getAttribute("alt"));
        assertEquals(3, elements(page, "svg").size());
    }

    @Test
    void everythingIsEscaped() throws Exception {
        String bad = "<script>alert('x')</script> & \"q\"";
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(bad, bad);
        byte[] png = ImageFiles.png(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
        String html = HtmlReport.render(new Report(
                bad,
                bad,
                List.of(new Report.Headline(bad, bad, bad)),
                List.of(
                        new Section.Facts(bad, facts),
                        new Section.Table(bad, List.of(bad), List.of(List.of(bad)), bad),
                        new Section.Figures(bad, List.of(new Section.Figure(bad, png)), bad),
                        new Section.Notes(bad, List.of(bad, "\u0000\uD800")))));
        assertFalse(html.contains("<script"));
        Document page = parse(html);
        assertEquals(bad, texts(page, "h1").get(0));
        assertEquals(bad, elements(page, "img").get(0).getAttribute("alt"));
        assertEquals(List.of(bad, bad), rows(page).get(0));
        assertEquals(List.of(bad, "\uFFFD\uFFFD"), texts(page, "li"));
    }

    @Test
    void captionsAreTextAndImagesHaveAlternatives() throws Exception {
        byte[] png = ImageFiles.png(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
        String bad = "<b> & \"q\"";
        Report report = new Report(
                "t",
                "s",
                List.of(),
                List.of(
                        new Section.Text("Verdict", List.of(new Section.Paragraph("Boxes", bad))),
                        new Section.Gallery(
                                "Worst",
                                Section.Gallery.legend(new ClassColors(List.of("pit", bad), List.of("pit"))),
                                List.of(new Section.Strip(
                                        bad,
                                        List.of(
                                                new Section.Figure("input", png),
                                                new Section.Figure("prediction", png)))),
                                "note"),
                        new Section.Settings(
                                "Settings", List.of(new Section.SettingRow("seed", bad, "given")), "note")));
        Document page = parse(HtmlReport.render(report));
        assertEquals("Boxes. " + bad, texts(page, "p").get(1));
        assertTrue(texts(page, "p").contains(bad));
        assertEquals(List.of("input", "prediction"), texts(page, "figcaption"));
        assertEquals(bad + ": prediction", elements(page, "img").get(1).getAttribute("alt"));
        assertEquals("#e69f00", elements(page, "rect").get(1).getAttribute("fill"));
        assertEquals(List.of(List.of("name", "value", "from"), List.of("seed", bad, "given")), rows(page));
        assertEquals("""
                # t

                s

                ## Verdict

                - **Boxes.** <b> & "q"

                ## Worst

                - <b> & "q"

                note

                ## Settings

                | name | value | from |
                | --- | --- | --- |
                | seed | <b> & "q" | given |

                note
                """, MarkdownReport.render(report));
    }

    @Test
    void settingsSayWhereTheyAreFrom() {
        TrainingSettings settings = TrainingSettings.standard().withSeed(7);
        Section.Settings section = new SettingRows(
                        java.util.Set.of("--seed"), Map.of("batches.size", "fits the memory"))
                .add("", settings.withBatches(settings.batches().withSize(5)))
                .add("device", "cpu", "")
                .section();
        assertTrue(section.rows().contains(new Section.SettingRow("seed", "7", "given")));
        assertTrue(section.rows().contains(new Section.SettingRow("batches.size", "5", "chosen: fits the memory")));
        assertTrue(section.rows().contains(new Section.SettingRow("optimizer.momentum", "0.9", "default")));
        assertEquals("default", section.rows().get(section.rows().size() - 1).origin());
        assertFalse(section.rows().get(0).origin().equals("default"));
    }

    @Test
    void heldOutFiguresComeBeforeGradientsAndAbsentTasksHaveNoLine() {
        TrainingCurves curves = new TrainingCurves();
        curves.on(
                new TrainingEvent.Step(0, 2, 0, 1, PixelSize.square(320), new StepLosses(3, 2, 1, 0), 5, 0.01, 20, 1));
        LearningFinding finding = new LearningFinding(LearningFinding.Kind.NO_CONFIDENT_BOX, "No box", "train longer");
        curves.on(new TrainingEvent.Findings(0, 0, 2, List.of(finding)));
        assertEquals(List.of("No box.", "To try: train longer."), curves.findings());
        curves.on(new TrainingEvent.Epoch(1, 2, new StepLosses(3, 2, 1, 0), 1));
        curves.on(new TrainingEvent.Validation(0, 1, 2, 4, 0.5, Double.NaN, 0.5, true, 0, 1));
        assertEquals(List.of(), curves.findings());
        assertEquals("Held-out images during training", curves.charts().get(1).title());
        assertEquals(
                List.of("AP50"),
                curves.charts().get(1).lines().stream().map(Chart.Line::name).toList());
        assertEquals(
                List.of("total", "location", "confidence"),
                curves.charts().get(0).lines().stream().map(Chart.Line::name).toList());
    }

    @Test
    void partsHaveThresholdsForWantedRates() {
        PartCurve boxes = new PartCurve(List.of(
                new PartOutcome("a", true, List.of(), List.of(0.6, 0.4)),
                new PartOutcome("b", false, List.of(0.9, Double.NEGATIVE_INFINITY), List.of())));
        List<Section> sections = PartReport.sections(boxes, new PartCurve(List.of()));
        assertEquals(2, sections.size());
        List<List<String>> rows = ((Section.Table) sections.get(0)).rows();
        assertEquals(List.of("default", "0.300", "1.000"), rows.get(0).subList(0, 3));
        assertEquals("1 of 1 (100.0 %)", rows.get(0).get(4));
        assertEquals("0.600", rows.get(1).get(1));
        assertEquals(
                List.of("0.000", "1.498", "0 of 1 (0.0 %)", "1 of 2 (50.0 %)", "0"),
                rows.get(1).subList(2, 7));
        assertEquals(List.of(), PartReport.sections(new PartCurve(List.of()), new PartCurve(List.of())));
    }

    @Test
    void dataIsCounted() throws Exception {
        DataSummary summary = new DataSummary(
                "steel",
                List.of("pit", "scratch"),
                List.of("pit"),
                List.of(
                        new DataSummary.Counts(
                                "train-boxes",
                                Annotation.BOXES,
                                12,
                                10,
                                2,
                                0,
                                0,
                                0,
                                List.of(7L, 30L),
                                1,
                                List.of(0L, 0L),
                                0),
                        new DataSummary.Counts(
                                "train-masks",
                                Annotation.MASK,
                                5,
                                0,
                                0,
                                4,
                                1,
                                0,
                                List.of(0L, 0L),
                                0,
                                List.of(60L, 30L),
                                10)));
        Document page =
                parse(HtmlReport.render(new Report("t", "s", List.of(), DataReport.sections(List.of(summary)))));
        List<List<String>> rows = rows(page);
        assertTrue(rows.contains(List.of("steel, train-boxes", "12", "10", "2", "0", "0", "0")), rows.toString());
        assertTrue(rows.contains(List.of("steel, train-masks", "5", "0", "0", "4", "1", "0")), rows.toString());
        assertTrue(rows.contains(List.of("scratch", "30")), rows.toString());
        assertTrue(rows.contains(List.of("pit", "30.00 %")), rows.toString());
        assertTrue(rows.contains(List.of("ignored", "10.00 %")), rows.toString());
    }

    @Test
    void curvesOfTraining() {
        TrainingCurves curves = new TrainingCurves();
        for (int i = 0; i < 1000; i++) {
            curves.on(new TrainingEvent.Step(
                    i, 1000, 0, 1, PixelSize.square(320), new StepLosses(10 - i / 100f, 3, 2, 1), 5, 0.01, 20, 1));
        }
        assertEquals(1000, curves.steps());
        var total = curves.charts().get(0).lines().get(0);
        assertEquals(999, total.x()[999]);
        assertEquals(10 - 9.99, total.y()[999], 1e-5);
        assertEquals(0.01, curves.charts().get(2).lines().get(0).y()[500], 1e-12);
        assertEquals(5, curves.charts().get(1).lines().get(0).y()[0]);
    }

    @Test
    void theMarkdownFormHasWordsAndTables() {
        Report report = new Report(
                "Title",
                "Summary.",
                List.of(new Report.Headline("AP50", "0.5", "boxes")),
                List.of(
                        new Section.Table("Figures", List.of("name", "value"), List.of(List.of("a|b", "1")), "A note."),
                        new Section.Notes("Words", List.of("one", "two")),
                        new Section.Charts("Charts", List.of(), ""),
                        new Section.Facts("Settings", java.util.Map.of("seed", "3"))));
        assertEquals("""
                # Title

                Summary.

                - AP50: **0.5** (boxes)

                ## Figures

                | name | value |
                | --- | --: |
                | a\\|b | 1 |

                A note.

                ## Words

                - one
                - two

                ## Settings

                - seed: 3
                """, MarkdownReport.render(report));
    }

    @Test
    void badInputIsNamed() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> new Section.Table("T", List.of("a", "b"), List.of(List.of("1")), ""))
                .getMessage()
                .contains("row of 1 cells"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Section.Figure("P", new byte[] {1, 2, 3}))
                .getMessage()
                .contains("neither a PNG nor a JPEG"));
    }
}
