package tandem.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.cuda.ConvolutionTiming;
import tandem.engine.cuda.CudaDevice;
import tandem.model.network.EncoderType;
import tandem.model.network.NetworkSettings;

/**
 * Every way to do the convolutions of a network, measured: one line for each way, with its workspace, cuDNN's notes and
 * the reason if it does not work. With {@code fused=true} forward with bias and ReLU, as in inference, else the three
 * convolutions of training.
 */
final class ConvolutionsPart {

    private ConvolutionsPart() {}

    static void run(Settings settings) {
        NetworkSettings network = settings.network();
        int batch = settings.number("batch", 16);
        DataType type = DataType.valueOf(settings.text("precision", "float32").toUpperCase(Locale.ROOT));
        boolean fused = Boolean.parseBoolean(settings.text("fused", "false"));
        boolean residual = Boolean.parseBoolean(settings.text("residual", "false"));
        int best = settings.number("best", Integer.MAX_VALUE);
        try (Device device = settings.open()) {
            settings.requireAllRead();
            CudaDevice cuda = (CudaDevice) device;
            for (Map.Entry<ConvolutionShape, String> each :
                    shapes(network, batch).entrySet()) {
                ConvolutionShape shape = each.getKey().as(type);
                if (fused) {
                    print(cuda, each.getValue(), shape, ConvolutionKind.FORWARD, true, residual, best);
                    continue;
                }
                for (ConvolutionKind kind : ConvolutionKind.values()) {
                    if (kind != ConvolutionKind.BACKWARD_DATA || shape.c() > 3) {
                        print(cuda, each.getValue(), shape, kind, false, false, best);
                    }
                }
            }
        }
    }

    private static void print(
            CudaDevice device,
            String place,
            ConvolutionShape shape,
            ConvolutionKind kind,
            boolean fused,
            boolean residual,
            int best) {
        double operations = 2.0 * shape.outputElements() * shape.c() * shape.r() * shape.s();
        int rank = 0;
        for (ConvolutionTiming timing :
                device.compareConvolution(shape, kind, fused, residual, fused ? Activation.RELU : Activation.NONE)) {
            if (rank++ == best) {
                return;
            }
            boolean works = !Double.isNaN(timing.milliseconds());
            GpuCheck.print(GpuCheck.line()
                    .put("place", place)
                    .put("kind", kind.name().toLowerCase(Locale.ROOT))
                    .put("shape", shape.toString())
                    .put("way", timing.way())
                    .put("microseconds", works ? Math.round(timing.milliseconds() * 1e4) / 10.0 : null)
                    .put("teraflops", works ? Math.round(operations / timing.milliseconds() / 1e8) / 10.0 : null)
                    .put("workspace", timing.workspaceBytes())
                    .put("notes", timing.notes())
                    .put("failure", timing.failure()));
        }
    }

    /** The shapes of encoder, neck and heads, each once, with the first place where it occurs. */
    private static Map<ConvolutionShape, String> shapes(NetworkSettings network, int batch) {
        Map<ConvolutionShape, String> shapes = new LinkedHashMap<>();
        int width = network.encoderChannels();
        int neck = network.neckChannels();
        boolean bottleneck = network.encoder() == EncoderType.RESNET50;
        int size = network.inputSize().width();
        shapes.put(new ConvolutionShape(batch, size, size, 3, width, 7, 7, 2, 3), "stem");
        int at = network.stemPooling() ? size / 4 : size / 2;
        int in = width;
        for (int stage = 0; stage < 4; stage++) {
            int channels = width << stage;
            int out = bottleneck ? 4 * channels : channels;
            int stride = stage == 0 ? 1 : 2;
            int next = at / stride;
            String place = "stage " + (stage + 1);
            if (bottleneck) {
                add(shapes, place + " reduce", batch, at, in, channels, 1, 1);
                add(shapes, place + " 3x3", batch, at, channels, channels, 3, stride);
                add(shapes, place + " expand", batch, next, channels, out, 1, 1);
                add(shapes, place + " reduce again", batch, next, out, channels, 1, 1);
            } else {
                add(shapes, place + " first 3x3", batch, at, in, channels, 3, stride);
            }
            add(shapes, place + " 3x3", batch, next, channels, channels, 3, 1);
            if (in != out) {
                add(shapes, place + " shortcut", batch, at, in, out, 1, stride);
            }
            add(shapes, place + " lateral", batch, next, out, neck, 1, 1);
            add(shapes, place + " neck and heads", batch, next, neck, neck, 3, 1);
            in = out;
            at = next;
        }
        return shapes;
    }

    private static void add(
            Map<ConvolutionShape, String> shapes, String place, int n, int size, int c, int k, int window, int stride) {
        shapes.putIfAbsent(new ConvolutionShape(n, size, size, c, k, window, window, stride, window / 2), place);
    }
}
