package tandem.model.audit;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;

/**
 * Pairs of images that are equal except for re-encoding, size, brightness or mirroring, such as successive frames of
 * one scene.
 *
 * @param pairs in the order of the images
 * @param unseen pairs that may be similar but were not compared, because there are very many of them
 */
public record SimilarImages(List<Pair> pairs, int unseen) {

    /**
     * Two similar images.
     *
     * @param a position of the first image
     * @param b position of the second image, greater than {@code a}
     * @param samePixels whether they are equal pixel by pixel
     */
    public record Pair(int a, int b, boolean samePixels) {}

    /**
     * Decodes every image once, on all cores, and compares them.
     *
     * @param progress called by several threads at a time
     * @throws tandem.model.data.DataException when an image cannot be decoded
     */
    public static SimilarImages find(List<Sample> samples, Audit.Progress progress) {
        int sampleBits = SampleBits.of(SampleBits.of(samples));
        AtomicInteger done = new AtomicInteger();
        List<Fingerprint> prints = samples.parallelStream()
                .map(sample -> {
                    DecodedImage image = ImageDecoder.decode(sample, sampleBits);
                    Fingerprint print = Fingerprint.of(image, Luma.of(image));
                    progress.update(done.incrementAndGet(), samples.size());
                    return print;
                })
                .toList();
        NearDuplicates.Found found = NearDuplicates.find(prints);
        return new SimilarImages(
                found.pairs().stream()
                        .map(pair -> new Pair(pair.a(), pair.b(), pair.samePixels()))
                        .toList(),
                found.unseen());
    }
}
