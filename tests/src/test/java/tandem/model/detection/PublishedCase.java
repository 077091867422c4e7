package tandem.model.detection;

import java.util.List;

/**
 * The case whose results the published implementation gave: one image of 320 x 320, three boxes, predictions by
 * formula.
 */
final class PublishedCase {

    static final int CLASSES = 20;
    static final Anchors ANCHORS = Anchors.of(320, 320, List.of(8, 16, 32, 64));
    static final int COUNT = ANCHORS.count();
    static final Boxes BOXES = new Boxes(
            new float[] {0.10f, 0.20f, 0.50f, 0.70f, 0.45f, 0.30f, 0.95f, 0.90f, 0.02f, 0.02f, 0.08f, 0.10f},
            new int[] {14, 6, 2},
            new int[] {3});

    private PublishedCase() {}

    /** (A, 4): 0.3 sin(0.37 i + k). */
    static float[] loc() {
        float[] loc = new float[COUNT * 4];
        for (int i = 0; i < loc.length; i++) {
            loc[i] = (float) (0.3 * Math.sin(0.37 * (i / 4) + i % 4));
        }
        return loc;
    }

    /** (A, 20): -3 + 2 sin(0.011 i + 0.7 c). */
    static float[] conf() {
        float[] conf = new float[COUNT * CLASSES];
        for (int i = 0; i < conf.length; i++) {
            conf[i] = (float) (-3 + 2 * Math.sin(0.011 * (i / CLASSES) + 0.7 * (i % CLASSES)));
        }
        return conf;
    }
}
