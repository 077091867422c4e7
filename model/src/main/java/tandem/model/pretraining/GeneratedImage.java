package tandem.model.pretraining;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tandem.model.data.Box;

/**
 * One generated image and its ground truth.
 *
 * @param size rows and columns
 * @param rgb (size, size, 3) bytes, red first
 * @param mask (size, size) class of each pixel: kinds of surfaces from 0, then kinds of defects
 * @param boxes its defects; the label is the kind of defect
 */
record GeneratedImage(int size, byte[] rgb, byte[] mask, List<Box> boxes) {

    private static final int MAX_DEFECTS = 5;
    private static final int TRIES = 6;
    private static final int MIN_PIXELS = 12;
    /** Max share of the smaller of two boxes that the other may cover. */
    private static final float MAX_OVERLAP = 0.25f;

    private static final DefectKind[] KINDS = DefectKind.values();

    static GeneratedImage draw(int size, SplittableRandom random) {
        Scene scene = Scene.draw(size, random);
        Shapes shapes = new Shapes(size, random);
        List<Box> boxes = new ArrayList<>();
        float visible = Defect.visible(scene.main());
        for (int i = random.nextInt(MAX_DEFECTS + 1); i > 0; i--) {
            DefectKind kind = KINDS[random.nextInt(KINDS.length)];
            for (int attempt = 0; attempt < TRIES; attempt++) {
                if (add(scene, kind, kind.draw(scene, shapes, random), visible, boxes)) {
                    break;
                }
            }
        }
        return new GeneratedImage(size, Camera.photograph(scene, random), scene.mask(), List.copyOf(boxes));
    }

    private static boolean add(Scene scene, DefectKind kind, Defect defect, float visible, List<Box> boxes) {
        Box box = defect.footprint().box(kind.ordinal(), MIN_PIXELS);
        if (box == null
                || boxes.stream().anyMatch(other -> overlap(box, other) > MAX_OVERLAP)
                || !defect.paint(scene, visible)) {
            return false;
        }
        boxes.add(box);
        Footprint print = defect.footprint();
        byte label = (byte) (SurfaceKind.values().length + kind.ordinal());
        for (int row = 0; row < print.height(); row++) {
            for (int column = 0; column < print.width(); column++) {
                if (print.inside()[row * print.width() + column]) {
                    scene.mask()[(print.upper() + row) * scene.size() + print.left() + column] = label;
                }
            }
        }
        return true;
    }

    private static float overlap(Box a, Box b) {
        float width = Math.max(0, Math.min(a.xMax(), b.xMax()) - Math.max(a.xMin(), b.xMin()));
        float height = Math.max(0, Math.min(a.yMax(), b.yMax()) - Math.max(a.yMin(), b.yMin()));
        float smaller =
                Math.min((a.xMax() - a.xMin()) * (a.yMax() - a.yMin()), (b.xMax() - b.xMin()) * (b.yMax() - b.yMin()));
        return width * height / smaller;
    }
}
