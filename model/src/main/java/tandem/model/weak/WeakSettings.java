package tandem.model.weak;

/**
 * What the annotation of one task teaches the other.
 *
 * @param boxForMask weight of masks made from boxes; 0 for none
 * @param maskForBox weight of boxes made from masks; 0 for none
 */
public record WeakSettings(float boxForMask, float maskForBox) {

    /** Rejects what cannot be run. */
    public WeakSettings {
        require("boxForMask", boxForMask);
        require("maskForBox", maskForBox);
    }

    private static void require(String name, float weight) {
        if (!(weight >= 0) || Float.isInfinite(weight)) {
            throw new IllegalArgumentException(name + " must be at least 0, not " + weight);
        }
    }

    /** Each task learns from its own annotation alone. */
    public static WeakSettings none() {
        return new WeakSettings(0, 0);
    }
}
