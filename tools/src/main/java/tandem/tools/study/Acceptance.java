package tandem.tools.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.tools.InputException;

/**
 * Acceptance criteria for a network; an absent criterion is not checked. As a JSON file:
 *
 * <pre>
 * {"ap50": {"scratches": 0.4, "mean": 0.35}, "miou": 0.6, "misses": {"most": 40, "score": 0.3}, "p99Milliseconds": 20}
 * </pre>
 *
 * @param ap50 minimum AP50 by box class; {@code mean} is the mean over the classes
 * @param miou minimum mean intersection over union of masks
 * @param misses maximum number of annotated objects that are not detected in the held-out images
 * @param p99Milliseconds maximum 99th percentile of the time per frame, one frame at a time, through all networks
 */
record Acceptance(Map<String, Double> ap50, Double miou, Misses misses, Double p99Milliseconds) {

    /** Name of the mean over all classes. */
    static final String MEAN = "mean";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Maximum number of missed objects.
     *
     * @param most maximum number over all classes and held-out images
     * @param score minimum score of a detection that counts
     */
    record Misses(Integer most, Double score) {
        /** @throws IllegalArgumentException for values out of range */
        Misses {
            if (most == null || most < 0 || score == null || !(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException(
                        "misses requires most >= 0 and score from 0 to 1, got " + most + " and " + score);
            }
        }
    }

    /** @throws IllegalArgumentException for values out of range, or without any criterion */
    Acceptance {
        ap50 = ap50 == null ? Map.of() : new LinkedHashMap<>(ap50);
        ap50.forEach((name, min) -> share("ap50 of " + name, min));
        if (miou != null) {
            share("miou", miou);
        }
        if (p99Milliseconds != null && !(p99Milliseconds > 0)) {
            throw new IllegalArgumentException("p99Milliseconds " + p99Milliseconds + " must be above 0");
        }
        if (ap50.isEmpty() && miou == null && misses == null && p99Milliseconds == null) {
            throw new IllegalArgumentException("no criterion: give ap50, miou, misses or p99Milliseconds");
        }
    }

    private static void share(String name, Double value) {
        if (value == null || !(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " must be from 0 to 1");
        }
    }

    /**
     * Reads the criteria from a file.
     *
     * @param boxClasses the box classes of the data
     * @throws InputException with the file and its error
     */
    static Acceptance read(Path file, List<String> boxClasses) throws IOException {
        Acceptance acceptance;
        try {
            acceptance = JSON.readValue(Files.readAllBytes(file), Acceptance.class);
        } catch (JsonProcessingException problem) {
            Throwable cause = problem.getCause() instanceof IllegalArgumentException rejected ? rejected : null;
            throw new InputException(
                    "--accept " + file + ": " + (cause != null ? cause.getMessage() : problem.getOriginalMessage()));
        }
        if (acceptance == null) {
            throw new InputException("--accept " + file + ": expected a JSON object, got null");
        }
        for (String name : acceptance.ap50().keySet()) {
            if (!name.equals(MEAN) && !boxClasses.contains(name)) {
                throw new InputException("--accept " + file + ": ap50 has the class " + name
                        + ", but the classes of the data are " + String.join(", ", boxClasses));
            }
        }
        return acceptance;
    }
}
