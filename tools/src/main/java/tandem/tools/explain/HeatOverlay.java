package tandem.tools.explain;

import java.awt.image.BufferedImage;
import tandem.model.explain.HeatValues;
import tandem.model.figure.HeatMap;

/** Heat maps over images. */
public final class HeatOverlay {

    private HeatOverlay() {}

    /** The image with a heat map on its own scale, from its minimum or 0, whichever is lower, to its maximum. */
    public static BufferedImage over(BufferedImage image, HeatValues heat) {
        float low = 0;
        for (float value : heat.values()) {
            low = Math.min(low, value);
        }
        return HeatMap.over(image, HeatMap.image(heat.values(), heat.width(), heat.height(), low, heat.max()));
    }
}
