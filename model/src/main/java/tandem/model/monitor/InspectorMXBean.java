package tandem.model.monitor;

/** The attributes of an inspector in JMX. Times are from call to result of inspected frames. */
public interface InspectorMXBean {

    /** Frames that passed. */
    long getPassed();

    /** Frames that thresholds rejected. */
    long getRejected();

    /** Frames that were inspected without thresholds. */
    long getUndecided();

    /** Frames whose deadline passed before their result. */
    long getLate();

    /** Frames that were dropped from a full queue. */
    long getDropped();

    /** Frames that a full queue refused. */
    long getRefused();

    /** Frames that ended with an error. */
    long getFailed();

    /** Median time. */
    double getMedianMilliseconds();

    /** Time that 99 % of the frames do not exceed. */
    double getPercentile99Milliseconds();

    /** Time that 99.9 % of the frames do not exceed. */
    double getPercentile999Milliseconds();

    /** Longest time. */
    double getMaxMilliseconds();

    /** Windows of frames in which a statistic drifted, summed over statistics; see {@link DriftMonitor}. */
    long getDriftAlarms();

    /** What drifted in the last window, with values and limits; empty for nothing. */
    String getDrift();
}
