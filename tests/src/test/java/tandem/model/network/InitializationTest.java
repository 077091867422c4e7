package tandem.model.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.declaration.SettingsJson;

/** Initial weights against deviations that are computed here from the names and shapes of the variables. */
class InitializationTest {

    private static final List<String> CLASSES = List.of("pit", "scratch", "stain");

    private static NetworkSettings settings(EncoderType encoder, NeckType neck, Initialization initialization) {
        return NetworkSettings.small(CLASSES, CLASSES, 128)
                .with(change -> change.encoder(encoder).neck(neck).initialization(initialization));
    }

    private static Map<Tensor, float[]> values(NetworkSettings settings, long seed) {
        Variables variables = new Network(settings).variables();
        Map<Tensor, float[]> values = new HashMap<>();
        try (CpuDevice device = new CpuDevice();
                Weights weights = new Weights(device, variables)) {
            weights.initialize(seed);
            variables.all().forEach(variable -> values.put(variable.tensor(), weights.read(variable.tensor())));
        }
        return values;
    }

    /** The standard deviation that a scheme prescribes for a filter (K, R, S, C), and the maximum that it allows. */
    private record Expected(double deviation, double max) {
        static Expected normal(double variance) {
            return new Expected(Math.sqrt(variance), Double.POSITIVE_INFINITY);
        }

        /** Uniform on (-b, b) has the deviation b / sqrt(3). */
        static Expected uniform(double fanIn) {
            return new Expected(1 / Math.sqrt(3 * fanIn), 1 / Math.sqrt(fanIn));
        }

        static Expected of(Initialization scheme, Tensor filter) {
            String name = filter.name();
            double fanOut = filter.shape().dim(0)
                    * filter.shape().dim(1)
                    * filter.shape().dim(2);
            double fanIn = filter.shape().dim(1)
                    * filter.shape().dim(2)
                    * filter.shape().dim(3);
            boolean published = scheme == Initialization.PUBLISHED;
            if (name.startsWith("detection") && name.endsWith(".out.weight")) {
                return normal(1e-4);
            }
            if (name.equals("segmentation.out.weight")) {
                return published ? normal(1e-4) : uniform(fanIn);
            }
            return published && !name.startsWith("encoder.") ? uniform(fanIn) : normal(2 / fanOut);
        }
    }

    @ParameterizedTest
    @EnumSource(Initialization.class)
    void filtersHaveThePrescribedDeviation(Initialization scheme) {
        for (EncoderType encoder : List.of(EncoderType.RESNET18, EncoderType.RESNET50)) {
            int filters = 0;
            for (Map.Entry<Tensor, float[]> entry :
                    values(settings(encoder, NeckType.PAFPN, scheme), 3).entrySet()) {
                Tensor tensor = entry.getKey();
                if (tensor.shape().rank() == 1) {
                    continue;
                }
                filters++;
                float[] values = entry.getValue();
                Expected expected = Expected.of(scheme, tensor);
                double sum = 0;
                double squares = 0;
                double max = 0;
                for (float value : values) {
                    sum += value;
                    squares += (double) value * value;
                    max = Math.max(max, Math.abs(value));
                }
                // Relative standard error of the deviation of n normal draws: 1 / sqrt(2 n); five of them allowed.
                int n = values.length;
                assertEquals(1, Math.sqrt(squares / n) / expected.deviation(), 5 / Math.sqrt(2.0 * n), tensor.name());
                assertEquals(0, sum / n, 5 * expected.deviation() / Math.sqrt(n), tensor.name());
                assertTrue(max <= expected.max(), tensor.name());
            }
            assertTrue(filters > 60);
        }
    }

    @ParameterizedTest
    @EnumSource(Initialization.class)
    void scalesAndBiasesAreConstants(Initialization scheme) {
        for (EncoderType encoder : List.of(EncoderType.RESNET18, EncoderType.RESNET50)) {
            String last = encoder == EncoderType.RESNET50 ? ".bn3.weight" : ".bn2.weight";
            List<String> zero = new ArrayList<>();
            values(settings(encoder, NeckType.FPN, scheme), 3).forEach((tensor, values) -> {
                String name = tensor.name();
                if (tensor.shape().rank() > 1) {
                    return;
                }
                boolean scale = name.endsWith(".weight") || name.endsWith(".running_var");
                boolean prior = name.matches("detection\\.confidence\\.\\d\\.out\\.bias");
                // -ln(99), by hand.
                float expected = prior ? -4.59512f : scale ? 1 : 0;
                if (name.matches("encoder\\.layer\\d\\.\\d\\.bn\\d\\.weight")
                        && name.endsWith(last)
                        && scheme == Initialization.ZERO_RESIDUAL) {
                    zero.add(name);
                    expected = 0;
                }
                float[] wanted = new float[values.length];
                Arrays.fill(wanted, expected);
                assertArrayEquals(wanted, values, 1e-5f, name);
            });
            int blocks = encoder == EncoderType.RESNET50 ? 16 : 8;
            assertEquals(scheme == Initialization.ZERO_RESIDUAL ? blocks : 0, zero.size());
        }
    }

    @Test
    void aSeedFixesThem() {
        NetworkSettings settings = settings(EncoderType.RESNET18, NeckType.FPN, Initialization.KAIMING);
        Map<String, float[]> again = new HashMap<>();
        values(settings, 7).forEach((tensor, values) -> again.put(tensor.name(), values));
        values(settings, 7).forEach((tensor, values) -> assertArrayEquals(again.get(tensor.name()), values));
        values(settings, 8).forEach((tensor, values) -> {
            if (tensor.shape().rank() > 1) {
                assertFalse(Arrays.equals(again.get(tensor.name()), values), tensor.name());
            }
        });
    }

    @Test
    void olderFilesImplyThePublishedOne() {
        NetworkSettings now = NetworkSettings.standard(CLASSES, CLASSES, 128);
        assertEquals(Initialization.KAIMING, now.initialization());
        String text = SettingsJson.write(now);
        assertTrue(text.contains(",\"initialization\":\"kaiming\""), text);
        assertEquals(now, SettingsJson.read("run.json", text, NetworkSettings.class));
        String before =
                text.replace(",\"initialization\":\"kaiming\"", "").replaceFirst("\"schema\":\\d+", "\"schema\":3");
        assertEquals(
                now.withInitialization(Initialization.PUBLISHED),
                SettingsJson.read("run.json", before, NetworkSettings.class));
    }
}
