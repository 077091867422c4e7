package tandem.model.data;

import java.util.Optional;

/**
 * How a data set is read.
 *
 * @param format name of its layout, one of {@link RecognizedData#formats}; empty to recognize it
 * @param sources the COCO files that provide boxes and masks
 * @param threshold gray value, 1 to 255, from which on a mask's pixel is foreground; empty when masks have class
 *     indices or colors
 * @param foreground name of the only class of masks without class indices
 */
public record ReadingOptions(
        Optional<String> format, CocoSources sources, Optional<Integer> threshold, Optional<String> foreground) {

    /** Everything is recognized. */
    public static final ReadingOptions DEFAULT =
            new ReadingOptions(Optional.empty(), CocoSources.ANY, Optional.empty(), Optional.empty());

    /** @throws IllegalArgumentException when the threshold is no gray value of a foreground */
    public ReadingOptions {
        if (threshold.isPresent() && (threshold.get() < 1 || threshold.get() > 255)) {
            throw new IllegalArgumentException("mask threshold " + threshold.get() + ": expected 1 to 255");
        }
    }

    /** The defaults with the given COCO files. */
    public static ReadingOptions of(CocoSources sources) {
        return new ReadingOptions(Optional.empty(), sources, Optional.empty(), Optional.empty());
    }

    /** Rejects options that a layout without mask files has no use for. */
    void requireNoMasks(DataFolder folder, String layout) {
        if (threshold.isPresent() || foreground.isPresent()) {
            throw new DataException(
                    folder.root(),
                    "is in " + layout + " layout, which has no mask files for a threshold or a foreground class",
                    "leave out --mask-threshold and --mask-class");
        }
    }

    /** Rejects COCO files for another layout. */
    void requireNoSources(DataFolder folder, String layout) {
        if (!sources.equals(CocoSources.ANY)) {
            throw new DataException(
                    folder.root(),
                    "is in " + layout + " layout, where folders and not files define boxes and masks",
                    "give lists of images instead");
        }
    }
}
