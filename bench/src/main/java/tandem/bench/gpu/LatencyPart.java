package tandem.bench.gpu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import tandem.bench.NoiseImages;
import tandem.engine.Device;
import tandem.engine.cuda.CudaDevice;
import tandem.model.Inspector;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;

/**
 * Time from the bytes of one frame to its boxes and mask, back to back and at a fixed frame interval, and the Java heap
 * that each frame allocates. The network has made one training step: its scores are nearly equal, so non-maximum
 * suppression gets the maximum number of candidates.
 */
final class LatencyPart {

    /** Below every score of an untrained network, so that non-maximum suppression gets a thousand candidates. */
    private static final NonMaximumSuppression.Settings MOST_WORK =
            new NonMaximumSuppression.Settings(0.001f, 0.5f, 1000, 100, false);

    private static final long SPIN_NANOSECONDS = 200_000;
    private static final int BOXES = 4;

    private final Inspector inspector;
    private final Inspection found = new Inspection();
    private final ByteBuffer frame;
    private final int size;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private LatencyPart(Inspector inspector) {
        this.inspector = inspector;
        this.size = inspector.settings().inputSize().width();
        this.frame = ByteBuffer.allocateDirect(3 * size * size);
        byte[] noise = new byte[frame.capacity()];
        new SplittableRandom(3).nextBytes(noise);
        frame.put(noise).flip();
    }

    static void run(Settings settings) throws IOException {
        int frames = settings.number("frames", 2000);
        int paced = settings.number("paced", 1000);
        int cadence = settings.number("cadence", 20);
        NetworkSettings network = settings.network();
        Path folder = Files.createTempDirectory("tandem-latency");
        try (Device device = settings.open();
                NoiseImages noise =
                        new NoiseImages(network, settings.training().batches().size(), BOXES)) {
            settings.requireAllRead();
            try (Trainer trainer = Trainer.start(
                    device,
                    network,
                    settings.training(),
                    noise.images(),
                    AugmentationSettings.none(),
                    Trainer.Options.in(folder))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            try (Inspector inspector = Inspector.load(folder.resolve(CheckpointStore.CURRENT), device, MOST_WORK)) {
                inspector.warmUp();
                LatencyPart part = new LatencyPart(inspector);
                part.measure("warm-up", frames / 4, 0);
                GpuCheck.print(part.measure("back to back", frames, 0).put("device", device.description()));
                ObjectNode line = part.measure("every " + cadence + " ms", paced, cadence * 1_000_000L);
                if (device instanceof CudaDevice cuda) {
                    line.put("peakBytes", cuda.peakBytes());
                }
                GpuCheck.print(line.put("device", device.description()));
            }
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private ObjectNode measure(String how, int frames, long interval) {
        double[] milliseconds = new double[frames];
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        long next = System.nanoTime();
        for (int i = 0; i < frames; i++) {
            if (interval > 0) {
                next += interval;
                waitUntil(next);
            }
            long start = System.nanoTime();
            inspector.inspect(frame, Inspector.PixelFormat.RGB, size, size, 3 * size, found);
            milliseconds[i] = (System.nanoTime() - start) / 1e6;
        }
        long allocated = threads.getThreadAllocatedBytes(id) - before;
        Arrays.sort(milliseconds);
        ObjectNode line = GpuCheck.line();
        line.put("how", how)
                .put("frames", frames)
                .put("median", milliseconds[frames / 2])
                .put("p99", percentile(milliseconds, 0.99))
                .put("p999", percentile(milliseconds, 0.999))
                .put("slowest", milliseconds[frames - 1]);
        // The measurement itself allocates a little, once: the result of the bean.
        return line.put("heapBytesPerFrame", allocated / frames).put("boxes", found.boxes());
    }

    private static double percentile(double[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
    }

    /** Sleeps, and spins at the end, because a sleep ends late. */
    private static void waitUntil(long time) {
        long left = time - System.nanoTime();
        while (left > 0) {
            if (left > SPIN_NANOSECONDS) {
                LockSupport.parkNanos(left - SPIN_NANOSECONDS);
            } else {
                Thread.onSpinWait();
            }
            left = time - System.nanoTime();
        }
    }
}
