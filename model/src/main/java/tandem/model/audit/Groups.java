package tandem.model.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;

/**
 * The training images grouped by their annotation, and the differences between these groups.
 *
 * @param data the training images with the annotations that their lists select
 * @param facts measurements of each image, by name
 */
record Groups(DataSet data, Map<String, ImageFacts> facts) {

    private static final int BINS = 10;
    private static final List<Annotation> COMPARED = List.of(Annotation.BOXES, Annotation.MASK, Annotation.BOTH);

    /** Figures of an image, by name. */
    static final Map<String, ToDoubleFunction<ImageFacts>> FIGURES = figures();

    private static Map<String, ToDoubleFunction<ImageFacts>> figures() {
        Map<String, ToDoubleFunction<ImageFacts>> figures = new LinkedHashMap<>();
        figures.put("brightness", ImageFacts::brightness);
        figures.put("contrast", ImageFacts::contrast);
        figures.put("sharpness", ImageFacts::sharpness);
        figures.put(
                "size",
                image -> Math.sqrt(
                        (double) image.sample().width() * image.sample().height()));
        figures.put(
                "aspect",
                image -> (double) image.sample().width() / image.sample().height());
        return figures;
    }

    /** Readable images by their annotation. */
    Map<Annotation, List<Sample>> samples() {
        Map<Annotation, List<Sample>> groups = new EnumMap<>(Annotation.class);
        for (Annotation annotation : Annotation.values()) {
            groups.put(
                    annotation,
                    data.samples().stream()
                            .filter(sample -> sample.annotation() == annotation && facts.containsKey(sample.id()))
                            .toList());
        }
        return groups;
    }

    /** The differences of all pairs of groups in all figures. */
    List<AuditResult.Difference> differences() {
        Map<Annotation, List<Sample>> groups = samples();
        List<AuditResult.Difference> differences = new ArrayList<>();
        for (int i = 0; i < COMPARED.size(); i++) {
            for (int j = i + 1; j < COMPARED.size(); j++) {
                Annotation a = COMPARED.get(i);
                Annotation b = COMPARED.get(j);
                if (!groups.get(a).isEmpty() && !groups.get(b).isEmpty()) {
                    compare(a, groups.get(a), b, groups.get(b), differences);
                }
            }
        }
        return differences;
    }

    private void compare(
            Annotation a,
            List<Sample> first,
            Annotation b,
            List<Sample> second,
            List<AuditResult.Difference> differences) {
        if (a != Annotation.MASK && b != Annotation.MASK) {
            add("boxes per class", a, first, b, second, this::boxes, differences);
        }
        if (a != Annotation.BOXES && b != Annotation.BOXES) {
            add("mask pixels per class", a, first, b, second, this::pixels, differences);
        }
        add("classes shown", a, first, b, second, this::shown, differences);
        FIGURES.forEach((name, figure) -> {
            double[] edges = edges(figure);
            add(
                    name,
                    a,
                    first,
                    b,
                    second,
                    sample -> bin(figure.applyAsDouble(facts.get(sample.id())), edges),
                    differences);
        });
    }

    private static void add(
            String what,
            Annotation a,
            List<Sample> first,
            Annotation b,
            List<Sample> second,
            Function<Sample, double[]> row,
            List<AuditResult.Difference> differences) {
        Divergence divergence = Divergence.between(
                first.stream().map(row).toList(), second.stream().map(row).toList());
        if (divergence != null) {
            differences.add(
                    new AuditResult.Difference(what, AuditResult.groupName(a), AuditResult.groupName(b), divergence));
        }
    }

    private double[] boxes(Sample sample) {
        double[] row = new double[data.boxClasses().size()];
        sample.boxes().orElseThrow().forEach(box -> row[box.label()]++);
        return row;
    }

    private double[] pixels(Sample sample) {
        return sample.mask().orElseThrow().pixels().stream()
                .skip(1)
                .mapToDouble(Long::doubleValue)
                .toArray();
    }

    /** The classes of an image, from its boxes and its mask, over the names of both class lists. */
    private double[] shown(Sample sample) {
        List<String> names = new ArrayList<>(data.boxClasses());
        data.maskClasses().stream().filter(name -> !names.contains(name)).forEach(names::add);
        double[] row = new double[names.size()];
        for (Box box : sample.boxes().orElse(List.of())) {
            row[box.label()] = 1;
        }
        sample.mask()
                .ifPresent(mask -> IntStream.range(0, data.maskClasses().size())
                        .filter(i -> mask.pixels().get(i + 1) > 0)
                        .forEach(i -> row[names.indexOf(data.maskClasses().get(i))] = 1));
        return row;
    }

    /** The deciles of all training images; fewer where many values are equal. */
    private double[] edges(ToDoubleFunction<ImageFacts> figure) {
        double[] values = data.samples().stream()
                .filter(sample -> facts.containsKey(sample.id()))
                .mapToDouble(sample -> figure.applyAsDouble(facts.get(sample.id())))
                .toArray();
        Percentile percentile = new Percentile();
        percentile.setData(values);
        return IntStream.range(1, BINS)
                .mapToDouble(i -> percentile.evaluate(100.0 * i / BINS))
                .distinct()
                .toArray();
    }

    private static double[] bin(double value, double[] edges) {
        double[] row = new double[edges.length + 1];
        row[(int) Arrays.stream(edges).filter(edge -> value > edge).count()] = 1;
        return row;
    }
}
