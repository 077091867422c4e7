package tandem.model.synthetic;

import java.util.SplittableRandom;

/**
 * Kinds of defects. Each paints one defect at a random place, darker or lighter than its surroundings, and returns its
 * pixels.
 */
sealed interface Defect permits Scratch, Pit, Stain, MissingPrint {

    /** Names of the classes, in the order of their mask values from 1. */
    java.util.List<String> CLASSES = java.util.List.of("scratch", "pit", "stain", "missing_print");

    /** Index of its class in {@link #CLASSES}. */
    int label();

    /** The pixels that it would cover at a random place. */
    Footprint place(Canvas canvas, SplittableRandom random);

    /**
     * Paints it on its footprint.
     *
     * @param contrast its contrast, 0 to 1
     */
    void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random);
}
