package tandem.model.monitor;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What an inspector has done: a counter for each {@link Outcome}, and the time from call to result of inspected frames,
 * the wait for a context included. Counting allocates nothing and never waits for a lock.
 *
 * <p>It is a collector of the Prometheus client: {@code PrometheusRegistry.defaultRegistry.register(metrics)} adds it
 * to the metrics of an application, {@link #labelled} those of one of several inspectors; {@link #prometheusText} is
 * for an application without a registry.
 */
public final class InspectorMetrics implements InspectorMXBean, MultiCollector {

    /** How a frame ended. */
    public enum Outcome {
        /** Inspected, by thresholds that pass it. */
        PASSED,
        /** Inspected, by thresholds that reject it. */
        REJECTED,
        /** Inspected without thresholds. */
        UNDECIDED,
        /** Its deadline passed before its result. */
        LATE,
        /** Dropped from a full queue. */
        DROPPED,
        /** Refused by a full queue. */
        REFUSED,
        /** An error. */
        FAILED
    }

    private static final int MAX_MICROSECONDS = 600_000_000;
    private static final int DIGITS = 3;
    /** Upper bounds of the buckets for Prometheus, in seconds. */
    private static final double[] BUCKETS = {
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, Double.POSITIVE_INFINITY
    };

    private final AtomicLongArray counts = new AtomicLongArray(Outcome.values().length);
    private final AtomicHistogram latency = new AtomicHistogram(MAX_MICROSECONDS, DIGITS);

    private final Supplier<Optional<DriftMonitor>> drift;

    /** Without drift statistics. */
    public InspectorMetrics() {
        this(Optional::empty);
    }

    /** @param drift the statistics in use, which change with the network */
    public InspectorMetrics(Supplier<Optional<DriftMonitor>> drift) {
        this.drift = drift;
    }

    /** The drift statistics; empty without a {@link DriftReference}. */
    public Optional<DriftMonitor> drift() {
        return drift.get();
    }

    /** Counts a frame. */
    public void count(Outcome outcome) {
        counts.incrementAndGet(outcome.ordinal());
    }

    /** Counts an inspected frame, and its time in nanoseconds. */
    public void count(Outcome outcome, long nanoseconds) {
        count(outcome);
        latency.recordValue(Math.max(0, Math.min(MAX_MICROSECONDS, nanoseconds / 1000)));
    }

    /** Number of frames with this outcome. */
    public long of(Outcome outcome) {
        return counts.get(outcome.ordinal());
    }

    /** A copy of the histogram of times, in microseconds. */
    public Histogram latency() {
        Histogram copy = new Histogram(MAX_MICROSECONDS, DIGITS);
        copy.add(latency);
        return copy;
    }

    @Override
    public long getPassed() {
        return of(Outcome.PASSED);
    }

    @Override
    public long getRejected() {
        return of(Outcome.REJECTED);
    }

    @Override
    public long getUndecided() {
        return of(Outcome.UNDECIDED);
    }

    @Override
    public long getLate() {
        return of(Outcome.LATE);
    }

    @Override
    public long getDropped() {
        return of(Outcome.DROPPED);
    }

    @Override
    public long getRefused() {
        return of(Outcome.REFUSED);
    }

    @Override
    public long getFailed() {
        return of(Outcome.FAILED);
    }

    @Override
    public double getMedianMilliseconds() {
        return latency.getValueAtPercentile(50) / 1000.0;
    }

    @Override
    public double getPercentile99Milliseconds() {
        return latency.getValueAtPercentile(99) / 1000.0;
    }

    @Override
    public double getPercentile999Milliseconds() {
        return latency.getValueAtPercentile(99.9) / 1000.0;
    }

    @Override
    public double getMaxMilliseconds() {
        return latency.getMaxValue() / 1000.0;
    }

    @Override
    public long getDriftAlarms() {
        return drift().map(monitor ->
                        monitor.names().stream().mapToLong(monitor::alarms).sum())
                .orElse(0L);
    }

    @Override
    public String getDrift() {
        return drift().stream()
                .flatMap(monitor -> monitor.statistics().stream())
                .filter(DriftStatistic::isDrift)
                .map(DriftStatistic::toString)
                .collect(Collectors.joining(", "));
    }

    /**
     * The same collector with the label {@code inspector} in each line, for an application that registers several: a
     * registry refuses equal lines.
     *
     * @param inspector value of the label, another one for each inspector
     */
    public MultiCollector labelled(String inspector) {
        Labels labels = Labels.of("inspector", inspector);
        return () -> collect(labels);
    }

    @Override
    public MetricSnapshots collect() {
        return collect(Labels.EMPTY);
    }

    private MetricSnapshots collect(Labels common) {
        CounterSnapshot.Builder frames =
                CounterSnapshot.builder().name("tandem_frames").help("Frames by their outcome.");
        for (Outcome outcome : Outcome.values()) {
            frames.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(common.add("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                    .value(of(outcome))
                    .build());
        }
        Histogram times = latency();
        long[] buckets = new long[BUCKETS.length];
        long sum = 0;
        for (HistogramIterationValue value : times.recordedValues()) {
            int bucket = 0;
            while (value.getValueIteratedTo() / 1e6 > BUCKETS[bucket]) {
                bucket++;
            }
            buckets[bucket] += value.getCountAddedInThisIterationStep();
            sum += value.getValueIteratedTo() * value.getCountAddedInThisIterationStep();
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder()
                .metricSnapshot(frames.build())
                .metricSnapshot(HistogramSnapshot.builder()
                        .name("tandem_latency_seconds")
                        .help("Time from call to result of inspected frames.")
                        .dataPoint(HistogramDataPointSnapshot.builder()
                                .labels(common)
                                .classicHistogramBuckets(ClassicHistogramBuckets.of(BUCKETS, buckets))
                                .sum(sum / 1e6)
                                .build())
                        .build());
        drift().ifPresent(monitor -> addDrift(monitor, common, all));
        return all.build();
    }

    private static void addDrift(DriftMonitor monitor, Labels common, MetricSnapshots.Builder all) {
        GaugeSnapshot.Builder values = GaugeSnapshot.builder()
                .name("tandem_drift")
                .help("Statistics of the last window of frames against the evaluation.");
        GaugeSnapshot.Builder limits =
                GaugeSnapshot.builder().name("tandem_drift_limit").help("From this value on a statistic is a drift.");
        CounterSnapshot.Builder alarms =
                CounterSnapshot.builder().name("tandem_drift_alarms").help("Windows in which a statistic drifted.");
        for (DriftStatistic one : monitor.statistics()) {
            Labels labels = common.add("statistic", one.name());
            values.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(one.value())
                    .build());
            limits.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(one.limit())
                    .build());
        }
        for (String name : monitor.names()) {
            alarms.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(common.add("statistic", name))
                    .value(monitor.alarms(name))
                    .build());
        }
        all.metricSnapshot(values.build()).metricSnapshot(limits.build()).metricSnapshot(alarms.build());
    }

    /** The metrics in the text format of Prometheus, for an HTTP endpoint of the application. */
    public String prometheusText() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, collect(), EscapingScheme.DEFAULT);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /**
     * Registers the metrics in JMX as {@code tandem:type=Inspector,name="NAME"}, until the returned object is closed.
     *
     * @throws IllegalStateException when the name is in use
     */
    public Registration register(String name) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName bean = new ObjectName("tandem:type=Inspector,name=" + ObjectName.quote(name));
            server.registerMBean(this, bean);
            return () -> unregister(server, bean);
        } catch (JMException problem) {
            throw new IllegalStateException("the inspector " + name + " cannot be registered in JMX", problem);
        }
    }

    private static void unregister(MBeanServer server, ObjectName bean) {
        try {
            server.unregisterMBean(bean);
        } catch (JMException problem) {
            throw new IllegalStateException(bean + " cannot be removed from JMX", problem);
        }
    }

    /** A name in JMX. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
