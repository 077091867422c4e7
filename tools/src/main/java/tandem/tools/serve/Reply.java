package tandem.tools.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;

/**
 * The response to a request.
 *
 * @param status of HTTP
 * @param type of the content
 * @param content its bytes
 */
record Reply(int status, String type, byte[] content) {

    private static final JsonMapper JSON = new JsonMapper();

    static Reply of(String type, byte[] content) {
        return new Reply(200, type, content);
    }

    static Reply of(JsonNode json) {
        return json(200, json);
    }

    /** A JSON object with the field {@code error}, one line for the user. */
    static Reply error(int status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }

    private static Reply json(int status, JsonNode json) {
        try {
            return new Reply(
                    status,
                    "application/json; charset=utf-8",
                    JSON.writeValueAsString(json).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
