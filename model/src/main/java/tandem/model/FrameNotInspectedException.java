package tandem.model;

/** A correct frame that has no result in time, by the chosen policy. The inspector can be used further. */
public abstract sealed class FrameNotInspectedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private FrameNotInspectedException(String message) {
        super(message);
    }

    /** It was the oldest in a full queue when another was submitted ({@link InspectorOptions.Overflow#DROP_OLDEST}). */
    public static final class Dropped extends FrameNotInspectedException {
        private static final long serialVersionUID = 1;

        Dropped() {
            super("the frame was dropped: it was the oldest in a full queue when another was submitted");
        }
    }

    /** The queue was full when it was submitted, and its caller did not wait ({@link InspectorOptions.Overflow}). */
    public static final class QueueFull extends FrameNotInspectedException {
        private static final long serialVersionUID = 1;

        QueueFull(int frames) {
            super("the queue is full: it has " + frames + " frames");
        }
    }

    /** Its deadline passed before its result was there. */
    public static final class Late extends FrameNotInspectedException {
        private static final long serialVersionUID = 1;
        private final boolean complete;

        private Late(String message, boolean complete) {
            super(message);
            this.complete = complete;
        }

        static Late beforeStart(long nanoseconds) {
            return new Late(
                    "the deadline passed before the frame was inspected, by " + nanoseconds / 1000 + " us", false);
        }

        static Late after(long nanoseconds) {
            return new Late("the result came after the deadline, by " + nanoseconds / 1000 + " us", true);
        }

        /** Whether the frame was inspected nevertheless, so that its result is complete, but late. */
        public boolean isComplete() {
            return complete;
        }
    }
}
