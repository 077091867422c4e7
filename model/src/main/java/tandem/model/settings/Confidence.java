package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;

/**
 * Minimum confidence with which predictions of a class become labels. Networks are less confident of some classes than
 * of others, so a single threshold can leave a class without labels; with a quantile the same share of the candidates
 * of each class remains (class-balanced self-training: Zou, Yu, Kumar, Wang, ECCV 2018, section 4.2).
 *
 * @param min the threshold of a class that is not named in {@code classes}, from 0 to 1
 * @param classes the thresholds of some classes by their names
 * @param quantile of the predictions of a class that reach its threshold, this share, the least confident ones, is
 *     dropped as well; 0 for none
 */
@RecordBuilder
public record Confidence(
        @Setting(value = "0.5", was = "least") float min,
        @Setting("") Map<String, Float> classes,
        @Setting("0") float quantile)
        implements ConfidenceBuilder.With {

    /** Rejects invalid thresholds. */
    public Confidence {
        Checks.share("the threshold", min);
        classes = Collections.unmodifiableMap(classes == null ? new TreeMap<>() : new TreeMap<>(classes));
        classes.forEach((name, threshold) -> Checks.share("the threshold of " + name, threshold));
        if (!(quantile >= 0 && quantile < 1)) {
            throw new IllegalArgumentException("the quantile must be at least 0 and below 1, not " + quantile);
        }
    }

    /** One threshold for all classes. */
    public static Confidence above(float min) {
        return SettingsRecord.defaults(Confidence.class).withMin(min);
    }

    /** The threshold of one class before quantiles. */
    public float min(String name) {
        return classes.getOrDefault(name, min);
    }
}
