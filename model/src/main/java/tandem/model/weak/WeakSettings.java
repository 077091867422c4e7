package tandem.model.weak;

/**
 * Which labels that nobody drew are trained on, and how much they count. An image is given them only for the task it is
 * not annotated for; boxes and masks made from its own annotation come before a teacher's.
 *
 * @param boxForMask masks made from boxes
 * @param maskForBox boxes made from masks
 * @param pseudoLabels boxes and masks predicted by teachers
 * @param rampShare the share of the run's steps over which their weights rise from 0, after the warm-up of the learning
 *     rate; 0 for full weights from the first step
 */
public record WeakSettings(
        GrabCutMaskSettings boxForMask,
        RegionBoxSettings maskForBox,
        PseudoLabelSettings pseudoLabels,
        float rampShare) {

    /** The usual {@link #rampShare}. */
    public static final float RAMP_SHARE = 0.1f;

    /** Rejects what cannot be run. */
    public WeakSettings {
        boxForMask = boxForMask == null ? GrabCutMaskSettings.none() : boxForMask;
        maskForBox = maskForBox == null ? RegionBoxSettings.none() : maskForBox;
        pseudoLabels = pseudoLabels == null ? PseudoLabelSettings.none() : pseudoLabels;
        if (!(rampShare >= 0 && rampShare <= 1)) {
            throw new IllegalArgumentException("rampShare must be from 0 to 1, not " + rampShare);
        }
    }

    /** Each task learns from what is drawn for it alone. */
    public static WeakSettings none() {
        return new WeakSettings(null, null, null, RAMP_SHARE);
    }

    /** The same with masks made from boxes. */
    public WeakSettings withBoxForMask(GrabCutMaskSettings settings) {
        return new WeakSettings(settings, maskForBox, pseudoLabels, rampShare);
    }

    /** The same with boxes made from masks. */
    public WeakSettings withMaskForBox(RegionBoxSettings settings) {
        return new WeakSettings(boxForMask, settings, pseudoLabels, rampShare);
    }

    /** The same with labels of teachers. */
    public WeakSettings withPseudoLabels(PseudoLabelSettings settings) {
        return new WeakSettings(boxForMask, maskForBox, settings, rampShare);
    }

    /** The same with another ramp. */
    public WeakSettings withRampShare(float share) {
        return new WeakSettings(boxForMask, maskForBox, pseudoLabels, share);
    }

    /** Most boxes that any image can be given: what a batch must have room for. */
    public int mostBoxes() {
        return Math.max(
                maskForBox.weight() > 0 ? maskForBox.mostBoxes() : 0,
                pseudoLabels.weight() > 0 ? pseudoLabels.mostBoxes() : 0);
    }

    /** Whether there are any. */
    public boolean any() {
        return boxForMask.weight() > 0 || maskForBox.weight() > 0 || pseudoLabels.weight() > 0;
    }

    static void requireWeight(String name, float weight) {
        if (!(weight >= 0) || Float.isInfinite(weight)) {
            throw new IllegalArgumentException("the weight of " + name + " must be at least 0, not " + weight);
        }
    }

    static void requireShare(String name, float share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, not " + share);
        }
    }
}
