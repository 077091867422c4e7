package tandem.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import tandem.engine.DataType;
import tandem.model.Inspector.PixelFormat;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.PartThresholds;
import tandem.model.inference.Tiling;
import tandem.model.monitor.DriftReference;
import tandem.model.monitor.DriftStatistic;

/**
 * How an {@link Inspector} works. {@code InspectorOptions.standard().with(change -> change.contexts(2).queue(8))}
 * changes some of them.
 *
 * @param suppression thresholds of detections
 * @param storage type of activations and filters: FLOAT32, BFLOAT16 or FLOAT16
 * @param contexts frames that may be in work at the same time, each with memory of its own; on one device they take
 *     turns for the network, and prepare their pixels at the same time
 * @param queue frames that may wait behind those in work, for {@link Inspector#submit}
 * @param overflow what happens to a frame when the queue is full
 * @param limit time from the call to the result; see {@link Inspector#inspect(Frame, tandem.model.inference.Inspection,
 *     Duration)}
 * @param format the only size and format of frames that is accepted; empty for any. With it a wrong frame is an error,
 *     and not a pause in which memory is allocated
 * @param tiling tiles for large frames; empty to scale frames to the network's input
 * @param tileBatch tiles that pass through the network together
 * @param thresholds of the decision whether a part passes; empty for those of the file beside the weights, if there is
 *     one ({@link PartThresholds#beside})
 * @param millimetersPerPixel size of a pixel of the frame, for areas in square millimeters; 0 for unknown
 * @param keepWarm time without frames after which a blank frame runs, and again after that time, so that the next frame
 *     is not slower than others; not around the time at which the next frame is expected by their cadence. Empty for
 *     never
 * @param driftWindow frames that are compared together with the drift reference beside the weights, if there is one; 0
 *     for no comparison; see {@link tandem.model.monitor.DriftMonitor}
 * @param onDrift receives what drifted, after each window in which something did, in the thread of the last frame,
 *     which waits for it; it may use the inspector, also to replace the network or to close it
 */
@RecordBuilder
public record InspectorOptions(
        NonMaximumSuppression.Settings suppression,
        DataType storage,
        int contexts,
        int queue,
        Overflow overflow,
        Optional<Duration> limit,
        Optional<FrameFormat> format,
        Optional<Tiling> tiling,
        int tileBatch,
        Optional<PartThresholds> thresholds,
        double millimetersPerPixel,
        Optional<Duration> keepWarm,
        int driftWindow,
        Consumer<List<DriftStatistic>> onDrift)
        implements InspectorOptionsBuilder.With {

    /** What happens when a frame is submitted and the queue is full. */
    public enum Overflow {
        /**
         * The caller waits until there is room. What depends on a future runs in a thread of the inspector, which would
         * wait for itself: there the queue has one more place for each context, and when these are taken too,
         * {@link FrameNotInspectedException} is thrown.
         */
        WAIT,
        /** The frame that has waited longest is dropped; its future fails with {@link FrameNotInspectedException}. */
        DROP_OLDEST,
        /** The new frame is refused with {@link FrameNotInspectedException}. */
        FAIL
    }

    /**
     * The size and format of frames.
     *
     * @param pixels the format of pixels
     * @param width columns of the whole frame
     * @param height rows of the whole frame
     */
    public record FrameFormat(PixelFormat pixels, int width, int height) {

        /** Rejects impossible sizes. */
        public FrameFormat {
            Objects.requireNonNull(pixels, "pixels");
            Frame.checkSize(width, height, pixels);
        }

        @Override
        public String toString() {
            return width + " x " + height + " " + pixels + " pixels";
        }
    }

    private static final int DRIFT_WINDOW = 500;

    /** Rejects numbers outside their range. */
    public InspectorOptions {
        Objects.requireNonNull(suppression, "suppression");
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(onDrift, "onDrift");
        if (driftWindow != 0 && driftWindow < DriftReference.MIN_FRAMES) {
            throw new IllegalArgumentException(
                    "a window of " + driftWindow + " frames for drift: 0, or at least " + DriftReference.MIN_FRAMES);
        }
        if (contexts < 1 || queue < 1 || tileBatch < 1) {
            throw new IllegalArgumentException(
                    "an inspector needs at least one context, one place in the queue and one " + "tile of a batch, not "
                            + contexts + ", " + queue + " and " + tileBatch);
        }
        if (!(millimetersPerPixel >= 0 && millimetersPerPixel < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a pixel of " + millimetersPerPixel + " mm: 0 or more");
        }
        if (keepWarm.isPresent()
                && (keepWarm.get().isNegative() || keepWarm.get().isZero())) {
            throw new IllegalArgumentException("the time until a blank frame must be positive, not " + keepWarm.get());
        }
        if (limit.isPresent() && (limit.get().isNegative() || limit.get().isZero())) {
            throw new IllegalArgumentException("the time limit of a frame must be positive, not " + limit.get());
        }
    }

    /**
     * One context, a queue of four frames whose callers wait, no time limit, frames of any size and format, drift in
     * windows of 500 frames.
     */
    public static InspectorOptions standard() {
        return new InspectorOptions(
                NonMaximumSuppression.Settings.DEFAULT,
                DataType.FLOAT32,
                1,
                4,
                Overflow.WAIT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                4,
                Optional.empty(),
                0,
                Optional.empty(),
                DRIFT_WINDOW,
                drifted -> {});
    }
}
