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
 * @param vocOrigin corners of VOC boxes: 0 when they are pixel edges, 1 when they count pixels from 1; empty to decide
 *     by the files
 * @param crowds whether annotations with {@code iscrowd} in COCO files are objects or ignored; empty to decide by the
 *     files
 * @param limit images with more pixels are refused
 */
public record ReadingOptions(
        Optional<String> format,
        CocoSources sources,
        Optional<Integer> threshold,
        Optional<String> foreground,
        Optional<Integer> vocOrigin,
        Optional<Crowds> crowds,
        PixelLimit limit) {

    /** What annotations with {@code iscrowd} are. */
    public enum Crowds {
        /** Objects like others. */
        OBJECTS,
        /** Groups of objects: ignored pixels, and boxes that are ignored in evaluation. */
        IGNORE
    }

    /** Everything is recognized. */
    public static final ReadingOptions DEFAULT =
            new ReadingOptions(Optional.empty(), CocoSources.ANY, Optional.empty(), Optional.empty());

    /** Without options for VOC's corners, COCO's crowds and the size of images. */
    public ReadingOptions(
            Optional<String> format, CocoSources sources, Optional<Integer> threshold, Optional<String> foreground) {
        this(format, sources, threshold, foreground, Optional.empty(), Optional.empty(), PixelLimit.HEAP);
    }

    /**
     * @throws IllegalArgumentException when the threshold is no gray value of a foreground, or the origin not 0 or 1
     */
    public ReadingOptions {
        if (vocOrigin.isPresent() && vocOrigin.get() != 0 && vocOrigin.get() != 1) {
            throw new IllegalArgumentException("origin of VOC corners " + vocOrigin.get() + ": expected 0 or 1");
        }
        if (threshold.isPresent() && (threshold.get() < 1 || threshold.get() > 255)) {
            throw new IllegalArgumentException("mask threshold " + threshold.get() + ": expected 1 to 255");
        }
    }

    /** The defaults with the given COCO files. */
    public static ReadingOptions of(CocoSources sources) {
        return new ReadingOptions(Optional.empty(), sources, Optional.empty(), Optional.empty());
    }

    /** The same with an origin of VOC's corners. */
    public ReadingOptions withVocOrigin(int origin) {
        return new ReadingOptions(format, sources, threshold, foreground, Optional.of(origin), crowds, limit);
    }

    /** The same with a decision about crowds. */
    public ReadingOptions withCrowds(Crowds what) {
        return new ReadingOptions(format, sources, threshold, foreground, vocOrigin, Optional.of(what), limit);
    }

    /** The same with a limit of the images. */
    public ReadingOptions withLimit(PixelLimit pixels) {
        return new ReadingOptions(format, sources, threshold, foreground, vocOrigin, crowds, pixels);
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

    /** Rejects an origin of corners for a layout that defines it. */
    void requireNoOrigin(DataFolder folder, String layout) {
        if (vocOrigin.isPresent()) {
            throw new DataException(
                    folder.root(), "is in " + layout + " layout, which has no VOC boxes", "leave out --voc-origin");
        }
    }

    /** Rejects options for COCO files in another layout. */
    void requireNoSources(DataFolder folder, String layout) {
        if (crowds.isPresent()) {
            throw new DataException(
                    folder.root(), "is in " + layout + " layout, which has no crowds", "leave out --crowds");
        }
        if (!sources.equals(CocoSources.ANY)) {
            throw new DataException(
                    folder.root(),
                    "is in " + layout + " layout, where folders and not files define boxes and masks",
                    "give lists of images instead");
        }
    }
}
