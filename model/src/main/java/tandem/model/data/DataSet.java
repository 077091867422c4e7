package tandem.model.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Images in a constant order, with their annotations. Box classes and mask classes are two lists, which may be the
 * same, overlap, or have nothing in common.
 *
 * @param name for the user
 * @param boxClasses names of the box classes; a {@link Box#label} is an index into it
 * @param maskClasses names of the mask classes without background: the mask value k, from 1, is the (k-1)-th of them
 * @param samples the images, no two with the same {@link Sample#id}
 * @param sources the lists the images came from
 */
public record DataSet(
        String name, List<String> boxClasses, List<String> maskClasses, List<Sample> samples, List<Source> sources) {

    /**
     * One list of images.
     *
     * @param name its name
     * @param uses the annotations that are used: BOXES, MASK, or BOTH for all
     * @param samples indices into {@link DataSet#samples}
     */
    public record Source(String name, Annotation uses, List<Integer> samples) {
        /** Copies the indices. */
        public Source {
            samples = List.copyOf(samples);
        }
    }

    /** Copies the lists. */
    public DataSet {
        boxClasses = List.copyOf(boxClasses);
        maskClasses = List.copyOf(maskClasses);
        samples = List.copyOf(samples);
        sources = List.copyOf(sources);
    }

    /** A data set from one list. */
    public DataSet(String name, List<String> boxClasses, List<String> maskClasses, List<Sample> samples) {
        this(
                name,
                boxClasses,
                maskClasses,
                samples,
                List.of(new Source(
                        name,
                        Annotation.BOTH,
                        IntStream.range(0, samples.size()).boxed().toList())));
    }

    /** Number of images. */
    public int size() {
        return samples.size();
    }

    /** Segmentation channels: background and the mask classes. */
    public int maskChannels() {
        return maskClasses.size() + 1;
    }

    /** Number of images with boxes. */
    public int boxed() {
        return (int)
                samples.stream().filter(sample -> sample.boxes().isPresent()).count();
    }

    /** Number of images with a mask. */
    public int masked() {
        return (int)
                samples.stream().filter(sample -> sample.mask().isPresent()).count();
    }

    /** Maximum number of boxes of one image. */
    public int maxBoxes() {
        return samples.stream()
                .mapToInt(sample -> sample.boxes().map(List::size).orElse(0))
                .max()
                .orElse(0);
    }
}
