package tandem.model.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.image.GrayRows;
import tandem.model.monitor.DriftReference.ClassFrames;
import tandem.model.monitor.DriftReference.Distribution;
import tandem.model.network.NetworkSettings;
import tandem.model.train.TinyData;

/** Frames of a line compared with those of the evaluation. */
class DriftMonitorTest {

    private static final NetworkSettings NETWORK = TinyData.network(64);
    private static final int WINDOW = 500;

    @TempDir
    Path folder;

    /** A kind of frames: mean brightness, share with a box of the first class, scores from 0 to maxScore. */
    private record Line(double brightness, double boxShare, double maxScore) {
        static final Line USUAL = new Line(120, 0.05, 0.5);

        DriftFrame next(Random random, DriftFrame frame) {
            frame.brightness = brightness + 4 * random.nextGaussian();
            frame.score = random.nextInt(4) == 0 ? maxScore * random.nextDouble() : 0;
            frame.boxes[0] = random.nextDouble() < boxShare;
            frame.masks[1] = random.nextDouble() < 0.02;
            return frame;
        }
    }

    private static DriftReference reference(Random random) {
        DriftReferenceBuilder builder = new DriftReferenceBuilder(NETWORK);
        for (int i = 0; i < 400; i++) {
            builder.add(Line.USUAL.next(random, new DriftFrame(NETWORK)));
        }
        return builder.build();
    }

    private static List<List<String>> alarms(Line line, int windows) {
        Random random = new Random(7);
        List<List<String>> alarms = new ArrayList<>();
        DriftMonitor monitor = new DriftMonitor(
                reference(random),
                WINDOW,
                drifted -> alarms.add(drifted.stream().map(DriftStatistic::name).toList()));
        DriftFrame frame = new DriftFrame(NETWORK);
        for (int i = 0; i < windows * WINDOW; i++) {
            monitor.alarm(monitor.add(line.next(random, frame)));
        }
        assertEquals(
                alarms.stream().mapToLong(List::size).sum(),
                monitor.names().stream().mapToLong(monitor::alarms).sum());
        return alarms;
    }

    @Test
    void framesLikeThoseOfTheEvaluationRaiseNoAlarm() {
        assertEquals(List.of(), alarms(Line.USUAL, 300));
    }

    @Test
    void whatDriftsIsNamed() {
        assertEquals(List.of(List.of("brightness"), List.of("brightness")), alarms(new Line(129, 0.05, 0.5), 2));
        assertEquals(List.of(List.of("box red")), alarms(new Line(120, 0.2, 0.5), 1));
        assertEquals(List.of(List.of("score")), alarms(new Line(120, 0.05, 1), 1));
    }

    /** Sums and quantiles by hand: the chi-squared distribution with two degrees of freedom has -2 ln(1 - p). */
    @Test
    void theStatisticsAreThoseOfTheirDefinitions() {
        DriftReference reference = new DriftReference(
                40,
                new Distribution(List.of(1.0, 2.0), List.of(10, 20, 10)),
                Optional.empty(),
                List.of(new ClassFrames("red", 4)),
                List.of());
        DriftMonitor monitor = new DriftMonitor(reference, 40, drifted -> {});
        DriftFrame frame = new DriftFrame(1, 0);
        for (int i = 0; i < 40; i++) {
            assertEquals(List.of(), monitor.statistics());
            frame.brightness = i < 20 ? 0.5 : i < 30 ? 1 : 2;
            frame.boxes[0] = i % 2 == 0;
            monitor.add(frame);
        }
        DriftStatistic brightness = monitor.statistics().get(0);
        assertEquals(2 * 10 / 41.5 * Math.log(20.5 / 10.5), brightness.value(), 1e-12);
        assertEquals(-2 * Math.log(1e-6) * (1 / 40.0 + 1 / 40.0), brightness.limit(), 1e-6);
        DriftStatistic red = monitor.statistics().get(1);
        assertEquals("box red", red.name());
        assertEquals(0.4 / Math.sqrt(0.3 * 0.7 * 0.05), red.value(), 1e-12);
        assertEquals(4.891638, red.limit(), 1e-6);
        assertFalse(red.isDrift());
    }

    @Test
    void countingAllocatesNothingAndAListenerThatFailsHarmsNothing() {
        Random random = new Random(3);
        int[] calls = {0};
        DriftMonitor monitor = new DriftMonitor(reference(random), 20, drifted -> {
            calls[0]++;
            throw new IllegalStateException("listener");
        });
        DriftFrame frame = new DriftFrame(NETWORK);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long min = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int j = 0; j < 100; j++) {
                monitor.alarm(monitor.add(Line.USUAL.next(random, frame)));
            }
            min = Math.min(min, threads.getThreadAllocatedBytes(id) - before);
        }
        assertEquals(0, min);
        assertEquals(0, calls[0]);
        for (int j = 0; j < 20; j++) {
            monitor.alarm(monitor.add(new Line(200, 0.05, 0.5).next(random, frame)));
        }
        assertEquals(1, calls[0]);
        assertEquals(1, monitor.alarms("brightness"));
        assertEquals(0, monitor.alarms("unknown"));
        assertThrows(IllegalArgumentException.class, () -> monitor.add(new DriftFrame(1, 1)));
    }

    @Test
    void brightnessIsTheMeanLumaOfPixelsThatAreEvenlySpread() {
        DriftFrame frame = new DriftFrame(NETWORK);
        frame.read(
                (y, rgb, at) -> {
                    for (int x = 0; x < 100; x++) {
                        rgb[at + 3 * x] = (byte) (y < 60 ? 10 : 250);
                        rgb[at + 3 * x + 1] = 20;
                        rgb[at + 3 * x + 2] = 30;
                    }
                },
                100,
                120);
        assertEquals(0.299 * 130 + 0.587 * 20 + 0.114 * 30, frame.brightness, 1e-9);
        GrayRows one = new GrayRows() {
            @Override
            public void readGray(int y, byte[] gray, int at) {
                gray[at] = (byte) 200;
            }

            @Override
            public void read(int y, byte[] rgb, int at) {
                rgb[at] = rgb[at + 1] = rgb[at + 2] = (byte) 200;
            }
        };
        frame.read(one, 1, 1);
        assertEquals(200, frame.brightness, 1e-9);
    }

    @Test
    void theReferenceTravelsBesideTheWeights() throws IOException {
        Path weights = folder.resolve("best.safetensors");
        assertEquals(Optional.empty(), DriftReference.beside(weights));
        DriftReference reference = reference(new Random(1));
        assertEquals(12, reference.brightness().counts().size());
        assertEquals(0, reference.brightness().counts().get(0));
        assertEquals(0, reference.brightness().counts().get(11));
        assertTrue(reference.brightness().counts().subList(1, 11).stream().allMatch(count -> count == 40));
        Path file = folder.resolve("best.drift.json");
        Files.writeString(file, reference.toJson().toString());
        assertEquals(Optional.of(reference), DriftReference.beside(weights));
        assertTrue(reference.fits(NETWORK));
        assertFalse(reference.fits(NETWORK.withClasses(List.of("alpha", "beta"), List.of("alpha", "beta"))));
        Files.writeString(file, reference.toJson().put("frames", 401).toString());
        String message = assertThrows(IllegalArgumentException.class, () -> DriftReference.beside(weights))
                .getMessage();
        assertTrue(message.contains("best.drift.json: not a drift reference (bins with 400 of 401 frames)"), message);
        Files.writeString(file, "{");
        assertThrows(IllegalArgumentException.class, () -> DriftReference.beside(weights));
        assertThrows(IllegalArgumentException.class, () -> new DriftReferenceBuilder(NETWORK).build());
    }

    @Test
    void equalValuesAreInOneBin() {
        Distribution equal = DriftReferenceBuilder.distribution(Collections.nCopies(25, 7.0), 1);
        assertEquals(List.of(6.0, Math.nextUp(8.0)), equal.edges());
        assertEquals(List.of(0, 25, 0), equal.counts());
        List<Double> rare = new ArrayList<>(Collections.nCopies(95, 0.0));
        rare.addAll(Collections.nCopies(5, 0.5));
        Distribution few = DriftReferenceBuilder.distribution(rare, 0.25);
        assertEquals(List.of(-0.25, 0.25, Math.nextUp(0.75)), few.edges());
        assertEquals(List.of(0, 95, 5, 0), few.counts());
    }

    @Test
    void driftIsShownInPrometheusAndJmx() {
        DriftMonitor monitor = new DriftMonitor(reference(new Random(5)), 20, drifted -> {});
        InspectorMetrics metrics = new InspectorMetrics(() -> Optional.of(monitor));
        assertTrue(metrics.prometheusText().contains("tandem_drift_alarms_total{statistic=\"brightness\"} 0.0\n"));
        assertEquals("", metrics.getDrift());
        Random random = new Random(6);
        DriftFrame frame = new DriftFrame(NETWORK);
        for (int i = 0; i < 20; i++) {
            monitor.add(new Line(30, 0.05, 0.5).next(random, frame));
        }
        String text = metrics.prometheusText();
        assertTrue(text.contains("tandem_drift_alarms_total{statistic=\"brightness\"} 1.0\n"), text);
        assertTrue(text.contains("tandem_drift{statistic=\"mask blue\"} "), text);
        assertTrue(text.contains("tandem_drift_limit{statistic=\"score\"} "), text);
        List<String> names = metrics.labelled("1").collect().stream()
                .flatMap(snapshot -> snapshot.getDataPoints().stream())
                .map(point -> point.getLabels().get("inspector"))
                .distinct()
                .toList();
        assertEquals(List.of("1"), names);
        assertEquals(1, metrics.getDriftAlarms());
        assertTrue(
                metrics.getDrift().matches("brightness \\d+\\.\\d\\d \\(limit \\d+\\.\\d\\d\\)"), metrics.getDrift());
        assertEquals(0, new InspectorMetrics().getDriftAlarms());
    }
}
