package tandem.model.recipe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tandem.model.audit.ImageSpread;
import tandem.model.data.Box;
import tandem.model.data.ClassMask;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.Sampling;

/**
 * What a recipe reads of a data set.
 *
 * @param images number of images
 * @param boxed number of images with boxes
 * @param masked number of images with a mask
 * @param width median width of the images in pixels
 * @param height median height of the images in pixels
 * @param aspect median of width / height; 1 where the images have different shapes
 * @param boxes size of each box
 * @param maskShares for the background and each mask class that has pixels, by name, its share of all pixels that are
 *     not ignored
 * @param spread how much the images differ
 * @param sampleBits the bits that images of 16 bits use; empty without such images
 */
public record DataFacts(
        int images,
        int boxed,
        int masked,
        int width,
        int height,
        double aspect,
        List<BoxSize> boxes,
        Map<String, Double> maskShares,
        ImageSpread spread,
        Optional<SampleBits> sampleBits) {

    private static final String BACKGROUND = "background";
    /** One kind of annotation has more than this times the images of the other: they are used equally often. */
    private static final double UNEVEN = 1.5;
    /** Images have one shape when the middle eight tenths of their aspect ratios differ by at most this factor. */
    private static final double MAX_ASPECT_SPREAD = 1.1;

    /**
     * The size of a box.
     *
     * @param name its class
     * @param width in widths of its image
     * @param height in heights of its image
     */
    public record BoxSize(String name, double width, double height) {

        /** Square root of its area in an input of this size. */
        double pixels(PixelSize size) {
            return size.edge() * Math.sqrt(width * height);
        }
    }

    /** Copies list and map. */
    public DataFacts {
        boxes = List.copyOf(boxes);
        maskShares = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(maskShares));
    }

    /** Reads the annotations of all images, and some of the images. */
    public static DataFacts of(DataSet data) {
        List<BoxSize> boxes = new ArrayList<>();
        long[] pixels = new long[data.maskChannels()];
        for (Sample sample : data.samples()) {
            for (Box box : sample.boxes().orElse(List.of())) {
                boxes.add(new BoxSize(
                        data.boxClasses().get(box.label()),
                        (box.xMax() - box.xMin()) / (double) sample.width(),
                        (box.yMax() - box.yMin()) / (double) sample.height()));
            }
            sample.mask().map(ClassMask::pixels).ifPresent(counts -> {
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] += counts.get(i);
                }
            });
        }
        Optional<SampleBits> sampleBits = SampleBits.of(data);
        return new DataFacts(
                data.size(),
                data.boxed(),
                data.masked(),
                median(data.samples().stream().mapToInt(Sample::width).toArray()),
                median(data.samples().stream().mapToInt(Sample::height).toArray()),
                aspect(data.samples().stream()
                        .mapToDouble(sample -> (double) sample.width() / sample.height())
                        .toArray()),
                boxes,
                shares(data, pixels),
                ImageSpread.of(data, SampleBits.of(sampleBits)),
                sampleBits);
    }

    private static Map<String, Double> shares(DataSet data, long[] pixels) {
        double all = Arrays.stream(pixels).sum();
        Map<String, Double> shares = new LinkedHashMap<>();
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] > 0) {
                shares.put(i == 0 ? BACKGROUND : data.maskClasses().get(i - 1), pixels[i] / all);
            }
        }
        return shares;
    }

    private static double aspect(double[] ratios) {
        Arrays.sort(ratios);
        int ends = ratios.length / 10;
        return ratios.length == 0 || ratios[ratios.length - 1 - ends] > MAX_ASPECT_SPREAD * ratios[ends]
                ? 1
                : ratios[ratios.length / 2];
    }

    private static int median(int[] values) {
        Arrays.sort(values);
        return values.length == 0 ? 0 : values[values.length / 2];
    }

    /** The median size of the images of a data set; empty without images. */
    public static Optional<PixelSize> medianSize(DataSet data) {
        return data.size() == 0
                ? Optional.empty()
                : Optional.of(new PixelSize(
                        median(data.samples().stream().mapToInt(Sample::width).toArray()),
                        median(data.samples().stream().mapToInt(Sample::height).toArray())));
    }

    /** The same with boxes in columns and rows of parts of images, of this size at full resolution. */
    DataFacts inParts(PixelSize part) {
        double across = (double) width / part.width();
        double down = (double) height / part.height();
        return new DataFacts(
                images,
                boxed,
                masked,
                width,
                height,
                aspect,
                boxes.stream()
                        .map(box -> new BoxSize(box.name(), box.width() * across, box.height() * down))
                        .toList(),
                maskShares,
                spread,
                sampleBits);
    }

    /** How many parts of this size an image has, without overlap; at least 1. */
    double parts(PixelSize part) {
        return Math.max(1, (double) width * height / part.pixels());
    }

    /** The size in pixels that {@code share} of the boxes exceed, in an input of this size; NaN without boxes. */
    double boxPixels(PixelSize size, double share) {
        double[] sizes =
                boxes.stream().mapToDouble(box -> box.pixels(size)).sorted().toArray();
        return sizes.length == 0 ? Double.NaN : sizes[(int) ((1 - share) * (sizes.length - 1))];
    }

    /**
     * How often images of each kind of annotation are used: equally often where one kind has more than {@value #UNEVEN}
     * times the images of the other, and the network has both tasks.
     */
    Sampling sampling(NetworkSettings network) {
        return network.detects() && network.segments() && Math.max(boxed, masked) > UNEVEN * Math.min(boxed, masked)
                ? Sampling.EVEN
                : Sampling.PROPORTIONAL;
    }

    /** Image visits of one pass. */
    long passLength(Sampling sampling) {
        return sampling == Sampling.EVEN ? 2L * Math.max(boxed, masked) : images;
    }

    /** The rarest mask class, or null without masks. */
    Map.Entry<String, Double> rarest() {
        return maskShares.entrySet().stream()
                .filter(share -> !share.getKey().equals(BACKGROUND))
                .min(Map.Entry.comparingByValue())
                .orElse(null);
    }
}
