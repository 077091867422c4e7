package tandem.model.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import tandem.model.monitor.InspectorMetrics.Outcome;

class InspectorMetricsTest {

    @Test
    void countsAndTimesAreShownAsPrometheusText() {
        InspectorMetrics metrics = new InspectorMetrics();
        metrics.count(Outcome.PASSED, 1_500_000);
        metrics.count(Outcome.PASSED, 30_000_000);
        metrics.count(Outcome.REJECTED, 9_000_000_000_000L);
        metrics.count(Outcome.DROPPED);
        String text = metrics.prometheusText();
        for (String line : new String[] {
            "tandem_frames_total{outcome=\"passed\"} 2.0",
            "tandem_frames_total{outcome=\"dropped\"} 1.0",
            "tandem_frames_total{outcome=\"late\"} 0.0",
            "tandem_latency_seconds_bucket{le=\"0.001\"} 0",
            "tandem_latency_seconds_bucket{le=\"0.002\"} 1",
            "tandem_latency_seconds_bucket{le=\"0.05\"} 2",
            "tandem_latency_seconds_bucket{le=\"+Inf\"} 3",
            "tandem_latency_seconds_count 3"
        }) {
            assertTrue(text.contains(line + "\n"), line + " in\n" + text);
        }
        assertEquals(3, metrics.latency().getTotalCount());
        assertEquals(30, metrics.getMedianMilliseconds(), 0.03);
    }

    @Test
    void severalInspectorsInOneRegistryHaveALabel() throws IOException {
        InspectorMetrics left = new InspectorMetrics();
        InspectorMetrics right = new InspectorMetrics();
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(left.labelled("left"));
        registry.register(right.labelled("right \"2\""));
        left.count(Outcome.PASSED, 1_500_000);
        right.count(Outcome.LATE);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, registry.scrape(), EscapingScheme.DEFAULT);
        List<String> lines = text.toString(StandardCharsets.UTF_8).lines().toList();
        for (String line : new String[] {
            "tandem_frames_total{inspector=\"left\",outcome=\"passed\"} 1.0",
            "tandem_frames_total{inspector=\"left\",outcome=\"late\"} 0.0",
            "tandem_frames_total{inspector=\"right \\\"2\\\"\",outcome=\"late\"} 1.0",
            "tandem_latency_seconds_bucket{inspector=\"left\",le=\"0.002\"} 1",
            "tandem_latency_seconds_count{inspector=\"left\"} 1",
            "tandem_latency_seconds_count{inspector=\"right \\\"2\\\"\"} 0"
        }) {
            assertEquals(1, Collections.frequency(lines, line), line + " in " + lines);
        }
    }

    @Test
    void attributesAreInJmxUntilTheNameIsRemoved() throws Exception {
        InspectorMetrics metrics = new InspectorMetrics();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("tandem:type=Inspector,name=\"line, 1\"");
        try (InspectorMetrics.Registration registration = metrics.register("line, 1")) {
            metrics.count(Outcome.REJECTED, 2_000_000);
            assertEquals(1L, server.getAttribute(name, "Rejected"));
            assertEquals(2.0, (double) server.getAttribute(name, "MaxMilliseconds"), 0.002);
            assertThrows(IllegalStateException.class, () -> metrics.register("line, 1"));
        }
        assertFalse(server.isRegistered(name));
    }

    @Test
    void countingAllocatesNothing() {
        InspectorMetrics metrics = new InspectorMetrics();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long min = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int j = 0; j < 100; j++) {
                metrics.count(Outcome.PASSED, j * 12_345L);
            }
            min = Math.min(min, threads.getThreadAllocatedBytes(id) - before);
        }
        assertEquals(0, min);
    }
}
