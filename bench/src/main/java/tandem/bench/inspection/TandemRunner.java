package tandem.bench.inspection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Frame;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.InspectorOptions;
import tandem.model.inference.Inspection;

/** {@link Inspector}. */
final class TandemRunner implements FrameRunner {

    private final CpuDevice device;
    private final Inspector inspector;
    private final Frame frame;
    private final Inspection result = new Inspection();

    /**
     * @param measured whether the algorithms of convolutions are measured, else they are direct
     * @param keepWarm milliseconds without a frame after which a blank one runs; 0 for never
     */
    TandemRunner(
            Workload workload,
            Precision precision,
            ByteBuffer bytes,
            Path folder,
            int threads,
            boolean measured,
            int keepWarm)
            throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard()
                .withThreads(threads)
                .withConvolutions(measured ? ConvolutionPolicy.MEASURED : ConvolutionPolicy.DIRECT));
        InspectorOptions options = InspectorOptions.standard().with(change -> {
            try {
                change.suppression(workload.suppression(folder));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            change.keepWarm(keepWarm == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(keepWarm)));
        });
        inspector = Inspector.load(workload.weights(folder, precision), device, options);
        frame = Frame.of(bytes, PixelFormat.RGB, workload.size(), workload.size());
    }

    @Override
    public void frame() {
        inspector.inspect(frame, result);
    }

    @Override
    public List<Found> found() {
        return result.detections().stream()
                .map(one -> new Found(one.label(), (float) one.score(), new float[] {
                    (float) one.box().left(),
                    (float) one.box().top(),
                    (float) one.box().right(),
                    (float) one.box().bottom()
                }))
                .toList();
    }

    @Override
    public byte[] mask() {
        return result.maskBytes();
    }

    @Override
    public void close() {
        inspector.close();
        device.close();
    }
}
