package tandem.model.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.metrics.Evaluator;
import tandem.model.metrics.TruthBox;

class ChartTest {

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> texts(Document svg) {
        List<String> texts = new ArrayList<>();
        NodeList nodes = svg.getElementsByTagName("text");
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    /** The points of the lines drawn in one color with the width of data. */
    private static List<double[]> points(Document svg, String color) {
        List<double[]> lines = new ArrayList<>();
        NodeList nodes = svg.getElementsByTagName("polyline");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element line = (Element) nodes.item(i);
            if (line.getAttribute("stroke").equals(color)
                    && line.getAttribute("stroke-width").equals("1.8")) {
                lines.add(Arrays.stream(line.getAttribute("points").split("[ ,]"))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
            }
        }
        return lines;
    }

    /**
     * The stems of the intervals are the vertical lines of width 1 in the line's color; the axis reaches from 0 to 1.
     */
    @Test
    void intervalsReachFromLowToHigh() throws Exception {
        Chart.Line line = new Chart.Line(
                "a",
                new double[] {0, 5, 10},
                new double[] {0, 1, 0.5},
                new double[] {0, 0.25, Double.NaN},
                new double[] {0.5, 1, Double.NaN});
        Document svg =
                parse(new Chart("t", "x", "y", List.of(line), Chart.Range.FITTED, Chart.Range.UNIT).toSvg(600, 300));
        double[] drawn = points(svg, "#0072b2").get(0);
        double bottom = drawn[1];
        double top = drawn[3];
        List<double[]> stems = new ArrayList<>();
        NodeList nodes = svg.getElementsByTagName("polyline");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element one = (Element) nodes.item(i);
            double[] ends = Arrays.stream(one.getAttribute("points").split("[ ,]"))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            if (one.getAttribute("stroke").equals("#0072b2")
                    && one.getAttribute("stroke-width").equals("1")
                    && ends[0] == ends[2]) {
                stems.add(ends);
            }
        }
        assertEquals(2, stems.size(), "the third point has no interval");
        assertEquals(drawn[0], stems.get(0)[0], 0.02);
        assertEquals(bottom, stems.get(0)[1], 0.02);
        assertEquals((bottom + top) / 2, stems.get(0)[3], 0.02);
        assertEquals(bottom + 0.25 * (top - bottom), stems.get(1)[1], 0.02);
        assertEquals(top, stems.get(1)[3], 0.02);
        assertThrows(
                IllegalArgumentException.class,
                () -> new Chart.Line("a", new double[1], new double[1], new double[1], null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Chart.Line("a", new double[1], new double[1], new double[2], new double[2]));
    }

    @Test
    void pointsLieOnTheScaleOfTheTicks() throws Exception {
        Chart chart = new Chart(
                "t",
                "x",
                "y",
                List.of(new Chart.Line("a", new double[] {0, 5, 10}, new double[] {0, 1, 0.5})),
                Chart.Range.FITTED,
                Chart.Range.UNIT);
        Document svg = parse(chart.toSvg(600, 300));
        double[] line = points(svg, "#0072b2").get(0);
        assertEquals((line[0] + line[4]) / 2, line[2], 0.02, "5 is half way from 0 to 10");
        assertEquals((line[1] + line[3]) / 2, line[5], 0.02, "0.5 is half way from 0 to 1");
        assertTrue(line[3] < line[1], "up is more");
        assertTrue(
                texts(svg).containsAll(List.of("t", "x", "y", "a", "0.2", "1.0", "10")),
                texts(svg).toString());
    }

    @Test
    void valuesThatAreNotFiniteInterruptALine() throws Exception {
        double nan = Double.NaN;
        Chart chart = Chart.of(
                "t",
                "x",
                "y",
                List.of(
                        new Chart.Line("a", new double[] {0, 1, 2, 3, 4, 5}, new double[] {
                            1, 2, nan, 3, Double.POSITIVE_INFINITY, 5
                        }),
                        new Chart.Line("b", new double[] {0, 1, 2}, new double[] {nan, nan, nan})));
        Document svg = parse(chart.toSvg(600, 300));
        assertEquals(1, points(svg, "#0072b2").size());
        assertEquals(2, svg.getElementsByTagName("circle").getLength(), "points alone are dots");
        assertEquals(0, points(svg, "#e69f00").size());
    }

    @Test
    void namesAreEscaped() throws Exception {
        Chart chart = Chart.of("a <b> & \"c\"", "</svg>", "y\u0001", List.of());
        Document svg = parse(chart.toSvg(400, 200));
        assertTrue(
                texts(svg).containsAll(List.of("a <b> & \"c\"", "</svg>", "no data")),
                texts(svg).toString());
    }

    @Test
    void longLinesKeepTheirPeaks() throws Exception {
        double[] x = new double[100_000];
        double[] y = new double[100_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        y[54_321] = 9;
        Document svg = parse(
                Chart.of("t", "x", "y", List.of(new Chart.Line("a", x, y))).toSvg(600, 300));
        double[] line = points(svg, "#0072b2").get(0);
        assertTrue(line.length < 2500, line.length + " numbers");
        double peak = Double.MAX_VALUE;
        for (int i = 1; i < line.length; i += 2) {
            peak = Math.min(peak, line[i]);
        }
        assertTrue(peak < 80, "the peak is near the top, at " + peak);
    }

    @Test
    void ticksAreRound() {
        assertEquals(
                List.of("0", "0.2", "0.4", "0.6", "0.8", "1.0"),
                Ticks.of(0, 1, 6, false).labels());
        assertEquals(
                List.of("-50", "0", "50", "100"), Ticks.of(-37, 99, 5, true).labels());
        assertEquals(
                List.of("0", "5e-6", "1.0e-5", "1.5e-5", "2.0e-5"),
                Ticks.of(0, 2e-5, 5, true).labels());
        assertEquals(
                List.of("0", "5e5", "1.0e6", "1.5e6", "2.0e6"),
                Ticks.of(0, 2e6, 5, true).labels());
        Ticks one = Ticks.of(3, 3, 5, true);
        assertTrue(one.low() < 3 && one.high() > 3);
        assertTrue(Ticks.of(0, 0, 5, true).high() > 0);
    }

    @Test
    void pixelsShowTheLine() {
        Chart chart = Chart.of(
                "t",
                "x",
                "y",
                List.of(
                        new Chart.Line("", new double[] {0, 10}, new double[] {1, 1}),
                        new Chart.Line("", new double[] {0, 10}, new double[] {0, 2})));
        BufferedImage image = chart.toImage(500, 300);
        int blue = 0;
        for (int x = 0; x < 500; x++) {
            for (int y = 0; y < 300; y++) {
                Color color = new Color(image.getRGB(x, y));
                blue += color.getBlue() - color.getRed() > 100 ? 1 : 0;
            }
        }
        assertTrue(blue > 300, blue + " pixels");
        assertEquals(0xFFFFFFFF, image.getRGB(499, 299));
    }

    @Test
    void precisionRecallOfClassesWithExamples() {
        Evaluator evaluator = new Evaluator(List.of("scratch", "pit"), List.of());
        BoxRegion box = new BoxRegion(0, 0, 20, 20);
        evaluator.add(
                "a",
                List.of(new Detection(0, 0.9, new BoxRegion(50, 50, 60, 60)), new Detection(0, 0.8, box)),
                List.of(new TruthBox(0, box, false)),
                null,
                null);
        Chart chart = PrecisionRecallChart.of(evaluator.result().boxes());
        assertEquals(1, chart.lines().size());
        assertEquals("scratch 0.50", chart.lines().get(0).name());
        assertEquals(
                List.of(0.0, 1.0),
                Arrays.stream(chart.lines().get(0).x()).boxed().toList());
        assertEquals(
                List.of(0.0, 0.5),
                Arrays.stream(chart.lines().get(0).y()).boxed().toList());
    }

    @Test
    void legendShowsTheNumberOfOmittedLines() throws Exception {
        List<Chart.Line> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add(new Chart.Line("line " + i, new double[] {0, 1}, new double[] {i, i}));
        }
        List<String> texts = texts(parse(Chart.of("t", "x", "y", lines).toSvg(600, 300)));
        long named = texts.stream().filter(text -> text.startsWith("line ")).count();
        assertTrue(named > 5 && texts.contains("and " + (40 - named) + " more"), texts.toString());
    }

    @Test
    void coordinatesMustPair() {
        assertThrows(IllegalArgumentException.class, () -> new Chart.Line("a", new double[2], new double[3]));
    }
}
