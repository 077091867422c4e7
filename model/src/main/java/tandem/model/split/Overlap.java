package tandem.model.split;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tandem.model.audit.Audit;
import tandem.model.audit.SimilarImages;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;

/**
 * Training images that are held out too, or similar to held-out ones: an evaluation then gives better figures than the
 * network has on new images.
 *
 * @param same held-out images whose name or file is also a training image
 * @param similar for each held-out image that is similar to a training image, the two names
 */
public record Overlap(List<String> same, List<Similar> similar) {

    /** A held-out image and the first training image that is similar to it. */
    public record Similar(String heldOut, String training) {}

    /** Held-out images that are training images too, by name or file; nothing is decoded. */
    public static List<String> same(DataSet training, DataSet heldOut) {
        Map<String, String> names = new LinkedHashMap<>();
        Map<Path, String> files = new LinkedHashMap<>();
        for (Sample sample : training.samples()) {
            names.put(sample.id(), sample.id());
            files.put(file(sample), sample.id());
        }
        return heldOut.samples().stream()
                .filter(sample -> names.containsKey(sample.id()) || files.containsKey(file(sample)))
                .map(Sample::id)
                .toList();
    }

    private static Path file(Sample sample) {
        try {
            return sample.image().toRealPath();
        } catch (IOException absent) {
            return sample.image().toAbsolutePath().normalize();
        }
    }

    /**
     * Both kinds of overlap. Every image is decoded once.
     *
     * @param progress called by several threads at a time
     * @throws tandem.model.data.DataException when an image cannot be decoded
     */
    public static Overlap of(DataSet training, DataSet heldOut, Audit.Progress progress) {
        List<String> same = same(training, heldOut);
        List<Sample> all = Stream.concat(training.samples().stream(), heldOut.samples().stream())
                .toList();
        Map<Integer, Integer> first = new LinkedHashMap<>();
        for (SimilarImages.Pair pair : SimilarImages.find(all, progress).pairs()) {
            if (pair.a() < training.size() && pair.b() >= training.size()) {
                first.putIfAbsent(pair.b(), pair.a());
            }
        }
        List<Similar> similar = new ArrayList<>();
        first.keySet().stream()
                .sorted()
                .forEach(image -> similar.add(new Similar(
                        all.get(image).id(), all.get(first.get(image)).id())));
        return new Overlap(same, similar);
    }
}
