package tandem.tools.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.FrameInference;
import tandem.model.inference.Inspection;
import tandem.model.inference.LayerObserver;
import tandem.model.inference.TiledInference;
import tandem.model.inference.Tiling;
import tandem.model.inference.WholeInference;
import tandem.model.network.FoldedLayer;
import tandem.model.network.NetworkSettings;
import tandem.model.network.QuantizedLayers;
import tandem.model.network.QuantizedLayers.Range;
import tandem.model.quantization.InputRanges;
import tandem.model.quantization.LayerSearch;
import tandem.model.quantization.LayerSearch.Scores;
import tandem.model.quantization.LayerTimes;
import tandem.model.quantization.RecordedOutputs;
import tandem.tools.console.LiveLine;

/**
 * The steps of {@code tandem quantize}: calibration, times of single layers, the choice of layers. Where all layers
 * that gain lose too much together, the errors of single layers determine which are given up.
 */
final class QuantizationRun {

    private static final NonMaximumSuppression.Settings SUPPRESSION = NonMaximumSuppression.Settings.DEFAULT;
    /** Images for the errors of single layers. */
    private static final int ERROR_IMAGES = 8;

    private static final int TIMED_FRAMES = 41;

    /** Milliseconds of layers that only gain together with others. */
    private static final double LEAST_SAVED = 1e-3;

    private final FoldedModel model;
    private final DataSet images;
    private final DataSet examples;
    private final double maxLoss;
    private final LiveLine line;

    /**
     * What was measured and chosen.
     *
     * @param table one line for each layer, with a heading
     * @param floats scores in FLOAT32
     * @param bytes scores with the chosen layers
     */
    record Result(
            QuantizedLayers layers,
            List<String> table,
            Scores floats,
            Scores bytes,
            double floatMilliseconds,
            double byteMilliseconds) {}

    /** A layer; without range when its input is 0. */
    private record Measured(FoldedLayer layer, Optional<Range> range, LayerTimes.Time time) {
        String name() {
            return layer.name();
        }

        /** Whether it is faster on bytes, even if its input must be converted for it alone. */
        boolean gains() {
            return range.isPresent() && time.saved() > 0;
        }

        /** Whether it is faster on bytes if its input is bytes. */
        boolean gainsWithBytes() {
            return range.isPresent() && time.floats() > time.bytes();
        }
    }

    /**
     * @param model made by {@link FoldedModel#quantizable}
     * @param images to measure the loss on
     * @param examples for calibration
     */
    QuantizationRun(FoldedModel model, DataSet images, DataSet examples, double maxLoss, LiveLine line) {
        this.model = model;
        this.images = images;
        this.examples = examples;
        this.maxLoss = maxLoss;
        this.line = line;
    }

    Result run() {
        Scores floats = evaluate(QuantizedLayers.NONE);
        line.update(0, 1, "calibrating on " + examples.size() + " images");
        InputRanges calibrated = new InputRanges();
        observe(QuantizedLayers.NONE, examples, calibrated);
        QuantizedLayers all = calibrated.all();
        List<Measured> layers = measure(calibrated.layers(), all);
        List<Measured> gaining = faster(
                all,
                layers.stream().filter(Measured::gains).toList(),
                layers.stream().filter(Measured::gainsWithBytes).toList());
        QuantizedLayers chosen = quantized(all, gaining);
        Scores scores = evaluate(chosen);
        Map<String, Double> errors = Map.of();
        if (!(scores.loss(floats) <= maxLoss)) {
            errors = errors(all, gaining);
            LayerSearch.Outcome outcome =
                    new LayerSearch(order(gaining, errors), chosen, floats, maxLoss, this::evaluate).run();
            chosen = outcome.layers();
            scores = outcome.scores();
        }
        double[] times = times(QuantizedLayers.NONE, chosen);
        return new Result(chosen, table(layers, errors, chosen), floats, scores, times[0], times[1]);
    }

    private static QuantizedLayers quantized(QuantizedLayers all, List<Measured> layers) {
        return all.only(layers.stream().map(Measured::name).toList());
    }

    /** That of two choices with which the network is faster. */
    private List<Measured> faster(QuantizedLayers all, List<Measured> first, List<Measured> second) {
        if (first.equals(second)) {
            return first;
        }
        double[] times = times(quantized(all, first), quantized(all, second));
        return times[0] <= times[1] ? first : second;
    }

    /** First those with the largest error for each millisecond that bytes save. */
    private static List<String> order(List<Measured> layers, Map<String, Double> errors) {
        return layers.stream()
                .sorted(Comparator.comparingDouble(layer -> -errors.get(layer.name())
                        / Math.max(LEAST_SAVED, layer.time().saved())))
                .map(Measured::name)
                .toList();
    }

    private Scores evaluate(QuantizedLayers layers) {
        line.update(0, 1, "evaluating with " + layers.names().size() + " layers in int8");
        model.quantize(layers);
        return Scores.of(DataSetInference.evaluate(model, images, 1, 1, SUPPRESSION));
    }

    private void observe(QuantizedLayers layers, DataSet data, LayerObserver observer) {
        model.quantize(layers);
        model.observe(Optional.of(observer));
        try {
            DataSetInference.run(model, data, 1, 1, SUPPRESSION, (sample, found) -> {});
        } finally {
            model.observe(Optional.empty());
        }
    }

    private List<Measured> measure(List<FoldedLayer> layers, QuantizedLayers all) {
        LayerTimes times = new LayerTimes(model.device());
        List<Measured> measured = new ArrayList<>();
        for (FoldedLayer layer : layers) {
            show(measured.size(), layers.size(), layer);
            Range range = all.ranges().get(layer.name());
            LayerTimes.Time time = range == null ? LayerTimes.Time.NONE : times.of(layer, all);
            measured.add(new Measured(layer, Optional.ofNullable(range), time));
        }
        return measured;
    }

    private void show(int done, int all, FoldedLayer layer) {
        line.update(done, all, "layer " + (done + 1) + ": " + layer.name());
    }

    /** The errors of the outputs of the network with one layer at a time on bytes. */
    private Map<String, Double> errors(QuantizedLayers all, List<Measured> layers) {
        DataSet few = new DataSet(
                "calibration",
                examples.boxClasses(),
                examples.maskClasses(),
                examples.samples().subList(0, Math.min(ERROR_IMAGES, examples.size())));
        RecordedOutputs reference = new RecordedOutputs();
        observe(QuantizedLayers.NONE, few, reference);
        Map<String, Double> errors = new HashMap<>();
        for (Measured layer : layers) {
            show(errors.size(), layers.size(), layer.layer());
            RecordedOutputs outputs = new RecordedOutputs();
            observe(all.only(List.of(layer.name())), few, outputs);
            errors.put(layer.name(), outputs.error(reference));
        }
        return errors;
    }

    private static List<String> table(List<Measured> layers, Map<String, Double> errors, QuantizedLayers chosen) {
        List<String> lines = new ArrayList<>();
        String row = "%-34s  %-7s  %10s  %10s  %11s  %10s  %8s  %s";
        lines.add(String.format(
                Locale.ROOT, row, "layer", "type", "lowest", "highest", "error", "float32 ms", "int8 ms", "reason"));
        layers.forEach(layer -> {
            boolean bytes = chosen.names().contains(layer.name());
            String reason = bytes
                    ? ""
                    : layer.range().isEmpty() ? "its input is 0" : layer.gains() ? "loses too much" : "not faster";
            String text = String.format(
                    Locale.ROOT,
                    row,
                    layer.name(),
                    bytes ? "int8" : "float32",
                    number("%.4g", layer.range().map(Range::low)),
                    number("%.4g", layer.range().map(Range::high)),
                    number("%.2e", Optional.ofNullable(errors.get(layer.name()))),
                    number("%.3f", Optional.of(layer.time().floats())),
                    number("%.3f", Optional.of(layer.time().converted())),
                    reason);
            lines.add(text.stripTrailing());
        });
        return lines;
    }

    private static String number(String format, Optional<? extends Number> value) {
        return value.isEmpty() ? "-" : String.format(Locale.ROOT, format, value.get());
    }

    /** Medians of the time of one image with each of two choices of layers on bytes, in turn. */
    private double[] times(QuantizedLayers first, QuantizedLayers second) {
        NetworkSettings settings = model.network().settings();
        DecodedImage image = ImageDecoder.decode(examples.samples().get(0), settings.sampleBits());
        Inspection found = new Inspection();
        model.quantize(first);
        try (FrameInference one = inference(settings)) {
            one.inspect(image.rows(), image.width(), image.height(), found);
            model.quantize(second);
            try (FrameInference other = inference(settings)) {
                List<FrameInference> both = List.of(one, other);
                double[][] milliseconds = new double[2][TIMED_FRAMES];
                for (int i = -TIMED_FRAMES / 2; i < TIMED_FRAMES; i++) {
                    for (int form = 0; form < 2; form++) {
                        long began = System.nanoTime();
                        both.get(form).inspect(image.rows(), image.width(), image.height(), found);
                        milliseconds[form][Math.max(0, i)] = (System.nanoTime() - began) / 1e6;
                    }
                }
                return Arrays.stream(milliseconds)
                        .mapToDouble(QuantizationRun::median)
                        .toArray();
            }
        }
    }

    private FrameInference inference(NetworkSettings settings) {
        return settings.crops()
                ? new TiledInference(model, Tiling.automatic(settings).orElseThrow(), 1, SUPPRESSION)
                : new WholeInference(model, SUPPRESSION);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
