package tandem.tools.study;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import tandem.engine.Device;
import tandem.model.Inspector;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.inference.Inspection;

/**
 * Time per frame, one frame at a time, from its bytes to boxes and mask; with one network per task, the time of both in
 * sequence.
 *
 * @param median milliseconds
 * @param p99 milliseconds, 99th percentile
 * @param frames number of timed frames
 * @param networks number of networks that process each frame
 */
record Latency(double median, double p99, int frames, int networks) {

    private static final int FRAMES = 500;
    private static final int IMAGES = 20;

    /** Measures networks repeatedly on some of the held-out images. */
    static Latency measure(List<Path> weights, DataSet validation, Device device) throws IOException {
        int sampleBits = NetworkMetadata.read(weights.get(0)).sampleBits();
        List<DecodedImage> images = validation.samples().stream()
                .limit(IMAGES)
                .map(sample -> ImageDecoder.decode(sample, sampleBits))
                .toList();
        List<ByteBuffer> pixels = images.stream()
                .map(image -> (ByteBuffer) ByteBuffer.allocateDirect(image.rgb().length)
                        .put(image.rgb())
                        .flip())
                .toList();
        List<Inspector> inspectors = new ArrayList<>();
        try {
            for (Path file : weights) {
                inspectors.add(Inspector.load(file, device));
            }
            Inspection found = new Inspection();
            double[] milliseconds = new double[FRAMES];
            for (int i = -FRAMES / 5; i < FRAMES; i++) {
                int number = Math.floorMod(i, images.size());
                DecodedImage image = images.get(number);
                long began = System.nanoTime();
                for (Inspector inspector : inspectors) {
                    inspector.inspect(
                            pixels.get(number),
                            Inspector.PixelFormat.RGB,
                            image.width(),
                            image.height(),
                            3 * image.width(),
                            found);
                }
                if (i >= 0) {
                    milliseconds[i] = (System.nanoTime() - began) / 1e6;
                }
            }
            Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
            percentile.setData(milliseconds);
            return new Latency(percentile.evaluate(50), percentile.evaluate(99), FRAMES, weights.size());
        } finally {
            inspectors.forEach(Inspector::close);
        }
    }

    /** Description of the measurement. */
    String evidence() {
        return String.format(
                Locale.ROOT,
                "%d frames after a warm-up, %d network%s per frame; median %.1f ms",
                frames,
                networks,
                networks == 1 ? "" : "s",
                median);
    }
}
