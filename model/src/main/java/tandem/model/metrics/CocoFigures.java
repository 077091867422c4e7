package tandem.model.metrics;

/**
 * COCO's twelve figures, each in [0, 1], or NaN without objects (the reference implementation prints -1).
 *
 * @param ap average precision, mean over IoU thresholds 0.50, 0.55, ... 0.95
 * @param ap50 average precision at IoU 0.50
 * @param ap75 average precision at IoU 0.75
 * @param apSmall {@code ap} of objects up to 32 x 32 pixels
 * @param apMedium {@code ap} of objects from 32 x 32 to 96 x 96 pixels
 * @param apLarge {@code ap} of objects from 96 x 96 pixels
 * @param ar1 average recall with one detection per class and image
 * @param ar10 average recall with ten
 * @param ar100 average recall with a hundred
 * @param arSmall {@code ar100} of small objects
 * @param arMedium {@code ar100} of medium objects
 * @param arLarge {@code ar100} of large objects
 */
public record CocoFigures(
        double ap,
        double ap50,
        double ap75,
        double apSmall,
        double apMedium,
        double apLarge,
        double ar1,
        double ar10,
        double ar100,
        double arSmall,
        double arMedium,
        double arLarge) {

    /** All of them in the order in which the reference implementation prints them, (12). */
    public double[] toArray() {
        return new double[] {ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge};
    }
}
