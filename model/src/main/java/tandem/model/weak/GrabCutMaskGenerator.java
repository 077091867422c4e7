package tandem.model.weak;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.data.MaskFile;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.GrabCutMaskSettings.Failure;
import tandem.model.settings.GrabCutMaskSettings.Inside;
import tandem.model.weak.grabcut.GrabCut;
import tandem.model.weak.grabcut.GrabCut.Area;

/**
 * Generates masks from boxes with GrabCut. Pixels outside all boxes are background. A pixel inside boxes has the class
 * of the smallest box whose object contains it; it is ignored when there is none. Where the class of a box has no mask
 * class, or the cut failed, the pixels of the box are ignored unless a smaller box contains them in its object.
 *
 * @param settings of the cut
 * @param values for each box class the value of the mask class of the same name, or {@link MaskFile#IGNORE}
 */
public record GrabCutMaskGenerator(GrabCutMaskSettings settings, List<Integer> values) {

    /** Maps box classes to mask classes by their names. */
    public static GrabCutMaskGenerator of(
            GrabCutMaskSettings settings, List<String> boxClasses, List<String> maskClasses) {
        return new GrabCutMaskGenerator(
                settings,
                boxClasses.stream()
                        .map(name -> maskClasses.contains(name) ? maskClasses.indexOf(name) + 1 : MaskFile.IGNORE)
                        .toList());
    }

    /** The pixels of the decoded image that a box touches. Empty when the box lies outside the image. */
    static Area area(Box box, DecodedImage image) {
        float factor = image.factor();
        return new Area(
                Math.max(0, (int) Math.floor(box.xMin() / factor)),
                Math.max(0, (int) Math.floor(box.yMin() / factor)),
                Math.min(image.width(), (int) Math.ceil(box.xMax() / factor)),
                Math.min(image.height(), (int) Math.ceil(box.yMax() / factor)));
    }

    /**
     * The mask of an image.
     *
     * @param boxes all its boxes, in pixels of the original image
     * @return (height, width) class of each decoded pixel, 255 for ignored
     */
    public byte[] mask(DecodedImage image, List<Box> boxes) {
        int width = image.width();
        byte[] mask = new byte[width * image.height()];
        boolean[] covered = new boolean[mask.length];
        for (Box box : boxes) {
            Area area = area(box, image);
            for (int y = area.upper(); y < area.lower() && area.pixels() > 0; y++) {
                Arrays.fill(covered, y * width + area.left(), y * width + area.right(), true);
                Arrays.fill(mask, y * width + area.left(), y * width + area.right(), (byte) MaskFile.IGNORE);
            }
        }
        GrabCut grabCut = new GrabCut();
        List<Box> byDecreasingArea = boxes.stream()
                .filter(box -> area(box, image).pixels() > 0)
                .sorted(Comparator.comparingInt(box -> -area(box, image).pixels()))
                .toList();
        for (Box box : byDecreasingArea) {
            paint(mask, image, covered, grabCut, box);
        }
        return mask;
    }

    private void paint(byte[] mask, DecodedImage image, boolean[] covered, GrabCut grabCut, Box box) {
        Area area = area(box, image);
        int value = values.get(box.label());
        boolean[] object = null;
        if (value != MaskFile.IGNORE && settings.inside() == Inside.GRAB_CUT) {
            object = grabCut.divide(
                    image.rgb(),
                    image.width(),
                    image.height(),
                    area,
                    covered,
                    settings.border(),
                    settings.iterations());
            int pixels = 0;
            for (int i = 0; object != null && i < object.length; i++) {
                pixels += object[i] ? 1 : 0;
            }
            if (object != null
                    && (pixels < settings.minShare() * object.length || pixels > settings.maxShare() * object.length)) {
                object = null;
            }
        }
        boolean filled = settings.inside() == Inside.FILL
                || settings.inside() == Inside.GRAB_CUT && settings.failure() == Failure.FILL;
        int whole = filled ? value : MaskFile.IGNORE;
        for (int y = area.upper(), i = 0; y < area.lower(); y++) {
            for (int x = area.left(); x < area.right(); x++, i++) {
                if (object == null) {
                    mask[y * image.width() + x] = (byte) whole;
                } else if (object[i]) {
                    mask[y * image.width() + x] = (byte) value;
                }
            }
        }
    }
}
