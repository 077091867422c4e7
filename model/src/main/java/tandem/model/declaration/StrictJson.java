package tandem.model.declaration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Records of state as JSON, strictly: every field must be there and none that is unknown, so that a file of another
 * version is an error and not a state that differs a little. Settings have {@link SettingsJson}, which reads earlier
 * versions.
 */
public final class StrictJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /** One line of JSON. */
    public static String write(Record settings) {
        try {
            return MAPPER.writeValueAsString(settings);
        } catch (JsonProcessingException problem) {
            throw new IllegalArgumentException(
                    "cannot write " + settings + " as JSON: " + problem.getOriginalMessage(), problem);
        }
    }

    /**
     * Reads a record that {@link #write} wrote.
     *
     * @param origin where the text comes from, for the message of an error
     * @throws IllegalArgumentException naming origin and field when the text does not fit the record
     */
    public static <T extends Record> T read(String origin, String text, Class<T> type) {
        if (text == null) {
            throw new IllegalArgumentException(origin + ": no " + type.getSimpleName() + " there");
        }
        try {
            T value = MAPPER.readValue(text, type);
            if (value == null) {
                throw new IllegalArgumentException(origin + ": null, expected " + type.getSimpleName());
            }
            return value;
        } catch (JsonMappingException problem) {
            Throwable cause = problem.getCause() instanceof IllegalArgumentException rejected ? rejected : problem;
            String detail =
                    cause instanceof JsonMappingException mapping ? mapping.getOriginalMessage() : cause.getMessage();
            throw new IllegalArgumentException(
                    origin + ": " + detail.replaceFirst("[;,]? `DeserializationFeature.*", ""), problem);
        } catch (JsonProcessingException problem) {
            throw new IllegalArgumentException(origin + ": not JSON: " + problem.getOriginalMessage(), problem);
        }
    }
}
