package tandem.bench.gpu;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.model.network.EncoderType;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.Precision;
import tandem.model.settings.TrainingSettings;

/** The settings of a part, from {@code key=value} arguments. */
final class Settings {

    private static final int CLASSES = 6;

    private final Map<String, String> values = new TreeMap<>();
    private final Set<String> read = new HashSet<>();

    Settings(List<String> words) {
        for (String word : words) {
            int at = word.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("'" + word + "' is not key=value");
            }
            values.put(word.substring(0, at), word.substring(at + 1));
        }
    }

    String text(String key, String otherwise) {
        read.add(key);
        return values.getOrDefault(key, otherwise);
    }

    int number(String key, int otherwise) {
        return Integer.parseInt(text(key, String.valueOf(otherwise)));
    }

    private boolean flag(String key, boolean otherwise) {
        return Boolean.parseBoolean(text(key, String.valueOf(otherwise)));
    }

    /**
     * Opens {@code device}: cpu, or a GPU with {@code tf32}, {@code cublas} and {@code graph} (cuDNN's graph API) on or
     * off.
     */
    Device open() {
        CudaDevice.Options standard = CudaDevice.Options.standard();
        int workspace = number("workspace", Math.toIntExact(standard.workspaceLimit() >> 20));
        CudaDevice.Options options = standard.withTensorFloat32(flag("tf32", true))
                .withCublas(flag("cublas", true))
                .withGraphApi(flag("graph", standard.graphApi()))
                .withWorkspaceLimit((long) workspace << 20);
        return text("device", "cuda").equals("cpu") ? new CpuDevice() : CudaDevice.open(0, options);
    }

    /** The network with both heads, six classes each. */
    NetworkSettings network() {
        List<String> classes =
                IntStream.range(0, CLASSES).mapToObj(i -> "class" + i).toList();
        int width = number("width", 64);
        return NetworkSettings.standard(classes, classes, number("side", 320))
                .with(change -> change.encoder(
                                EncoderType.valueOf(text("encoder", "resnet18").toUpperCase(Locale.ROOT)))
                        .encoderChannels(width)
                        .stemPooling(flag("pooling", false))
                        .neckChannels(4 * width)
                        .segmentationChannels(2 * width));
    }

    /** SGD with momentum, weight decay, clipping and moving average. */
    TrainingSettings training() {
        TrainingSettings base = TrainingSettings.standard();
        Precision precision = Precision.valueOf(text("precision", "float32").toUpperCase(Locale.ROOT));
        return base.withSchedule(base.schedule().withEpochs(1).withWarmupSteps(0))
                .withBatches(base.batches().withSize(number("batch", 16)))
                .withPrecision(precision);
    }

    /** Rejects keys that the part has not read, such as misspelled ones. */
    void requireAllRead() {
        Set<String> unknown = new HashSet<>(values.keySet());
        unknown.removeAll(read);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown settings: " + unknown);
        }
    }
}
