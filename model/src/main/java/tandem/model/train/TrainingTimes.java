package tandem.model.train;

/** Wall time of a run by part, measured by the thread that trains. */
public final class TrainingTimes {

    /** A part of a training run. */
    public enum Part {
        /** Forward and backward pass of all steps but the first. */
        PASSES("forward and backward pass"),
        /** The same of the first step, in which memory is used for the first time and code is compiled. */
        FIRST_PASSES("first step"),
        /** Gradient norm, optimizer, moving average. */
        UPDATE("update of the weights"),
        /** Waiting for images that are not decoded yet. */
        DATA("waiting for images"),
        /** Evaluation of held-out or training images. */
        VALIDATION("validation"),
        /** Writing of checkpoints. */
        CHECKPOINTS("checkpoints");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        /** Its name in reports. */
        public String label() {
            return label;
        }
    }

    private final long[] nanoseconds = new long[Part.values().length];

    /** Adds the time since {@code start}, a value of {@link System#nanoTime}; returns the time now. */
    long add(Part part, long start) {
        long now = System.nanoTime();
        nanoseconds[part.ordinal()] += now - start;
        return now;
    }

    /** Seconds of a part so far. */
    public double seconds(Part part) {
        return nanoseconds[part.ordinal()] / 1e9;
    }
}
