package tandem.tools.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import tandem.model.inference.Decision;
import tandem.model.inference.Inspection;

/** What was found in an image, as JSON. */
public final class InspectionJson {

    private InspectionJson() {}

    /** Adds the decision, if there is one: {@code pass} and {@code decision}, a text with the reason. */
    public static ObjectNode addDecision(ObjectNode json, Inspection found) {
        if (found.isDecided()) {
            Decision decision = found.decision();
            json.put("pass", decision.pass()).put("decision", decision.toString());
        }
        return json;
    }

    /**
     * Adds {@code width}, {@code height}, the decision, {@code boxes} (class, score, edges in pixels of the image), and
     * with segmentation {@code pixels} of each mask class.
     */
    public static ObjectNode add(ObjectNode json, Inspection found) {
        addDecision(json.put("width", found.width()).put("height", found.height()), found);
        ArrayNode boxes = json.putArray("boxes");
        for (int i = 0; i < found.boxes(); i++) {
            boxes.addObject()
                    .put("class", found.className(i))
                    .put("score", found.score(i))
                    .put("left", found.left(i))
                    .put("top", found.top(i))
                    .put("right", found.right(i))
                    .put("bottom", found.bottom(i));
        }
        if (found.mask() != null) {
            ObjectNode areas = json.putObject("pixels");
            for (int i = 1; i <= found.maskClassCount(); i++) {
                areas.put(found.maskClassName(i), found.area(i));
            }
        }
        return json;
    }
}
