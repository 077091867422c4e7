package tandem.model.distillation;

/**
 * What a student learns from teachers.
 *
 * @param weight factor of all distillation losses together; 0 for none
 */
public record DistillationSettings(float weight) {

    /** Rejects what cannot be run. */
    public DistillationSettings {
        if (!(weight >= 0) || Float.isInfinite(weight)) {
            throw new IllegalArgumentException("distillation weight must be at least 0, not " + weight);
        }
    }

    /** No teacher. */
    public static DistillationSettings none() {
        return new DistillationSettings(0);
    }
}
