package tandem.model.synthetic;

import java.util.SplittableRandom;

/**
 * Kinds of defects. Each paints one at a random place, darker or lighter than what it covers, and reports the pixels it
 * took.
 */
sealed interface Defect permits Scratch, Pit, Stain, MissingPrint {

    /** Names of the classes, in the order of their mask values from 1. */
    java.util.List<String> CLASSES = java.util.List.of("scratch", "pit", "stain", "missing_print");

    /** Index of its class in {@link #CLASSES}. */
    int label();

    /** Which pixels it would cover at a place drawn now. */
    Footprint place(Canvas canvas, SplittableRandom random);

    /**
     * Paints it on its footprint.
     *
     * @param contrast how much it stands out, 0 to 1
     */
    void paint(Canvas canvas, Footprint footprint, double contrast, SplittableRandom random);
}
