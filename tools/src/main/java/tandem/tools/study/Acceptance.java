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
 * What a network must do to be accepted; what is absent is not asked for. As a file:
 *
 * <pre>
 * {"ap50": {"scratches": 0.4, "mean": 0.35}, "miou": 0.6, "misses": {"most": 40, "score": 0.3}, "p99Milliseconds": 20}
 * </pre>
 *
 * @param ap50 least AP50 of box classes by name; {@code mean} is their mean
 * @param miou least mean intersection over union of masks
 * @param misses how many annotated objects may go unfound in the held-out images
 * @param p99Milliseconds longest time of 99 of 100 frames, one at a time, through every network that is needed
 */
record Acceptance(Map<String, Double> ap50, Double miou, Misses misses, Double p99Milliseconds) {

    /** Name for the mean of all classes. */
    static final String MEAN = "mean";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Objects that may go unfound.
     *
     * @param most how many, over all classes and held-out images
     * @param score a detection counts from this score on
     */
    record Misses(Integer most, Double score) {
        /** Rejects what cannot be counted. */
        Misses {
            if (most == null || most < 0 || score == null || !(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException(
                        "misses needs most, at least 0, and score, from 0 to 1, and has " + most + " and " + score);
            }
        }
    }

    /** Rejects criteria that no network can meet or fail. */
    Acceptance {
        ap50 = ap50 == null ? Map.of() : new LinkedHashMap<>(ap50);
        ap50.forEach((name, least) -> share("ap50 of " + name, least));
        if (miou != null) {
            share("miou", miou);
        }
        if (p99Milliseconds != null && !(p99Milliseconds > 0)) {
            throw new IllegalArgumentException("p99Milliseconds " + p99Milliseconds + " must be above 0");
        }
        if (ap50.isEmpty() && miou == null && misses == null && p99Milliseconds == null) {
            throw new IllegalArgumentException("it asks for nothing: give ap50, miou, misses or p99Milliseconds");
        }
    }

    private static void share(String name, Double value) {
        if (value == null || !(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " must be from 0 to 1");
        }
    }

    /**
     * Reads a file.
     *
     * @param boxClasses the classes that it may name
     * @throws InputException naming the file and what is wrong with it
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
            throw new InputException("--accept " + file + ": is empty, expected a JSON object");
        }
        for (String name : acceptance.ap50().keySet()) {
            if (!name.equals(MEAN) && !boxClasses.contains(name)) {
                throw new InputException("--accept " + file + ": ap50 names the class " + name + ", the data has "
                        + String.join(", ", boxClasses));
            }
        }
        return acceptance;
    }
}
