package tandem.model.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tandem.model.inference.FileBesideWeights;
import tandem.model.network.NetworkSettings;

/**
 * What frames were like when the network was evaluated, for {@link DriftMonitor}. It travels with the network in a JSON
 * file beside its weights, which {@code eval --save-drift} writes.
 *
 * @param frames number of evaluated frames
 * @param brightness of the frames, see {@link DriftFrame}
 * @param score of the best box, 0 for a frame without one; empty without detection
 * @param boxes frames with a box of each class
 * @param masks frames with a region of each class
 */
public record DriftReference(
        int frames,
        Distribution brightness,
        Optional<Distribution> score,
        List<ClassFrames> boxes,
        List<ClassFrames> masks) {

    /** Fewer frames show too little. */
    public static final int MIN_FRAMES = 20;

    private static final String ENDING = ".drift.json";

    /**
     * How often values were in each bin.
     *
     * @param edges ascending; bin i has the values from edge i - 1 on and below edge i, the first and the last bin are
     *     open
     * @param counts one more than edges
     */
    public record Distribution(List<Double> edges, List<Integer> counts) {

        /** Rejects edges that do not ascend and negative counts. */
        public Distribution {
            edges = List.copyOf(edges);
            counts = List.copyOf(counts);
            for (int i = 1; i < edges.size(); i++) {
                if (!(edges.get(i - 1) < edges.get(i))) {
                    throw new IllegalArgumentException("the edges of bins do not ascend: " + edges);
                }
            }
            if (counts.size() != edges.size() + 1 || counts.stream().anyMatch(count -> count < 0)) {
                throw new IllegalArgumentException(edges.size() + " edges of bins with the counts " + counts
                        + ", expected one more, 0 or more each");
            }
        }
    }

    /**
     * In how many frames a class was found.
     *
     * @param name of the class
     * @param frames from 0 to all
     */
    public record ClassFrames(String name, int frames) {}

    /** Rejects counts that do not fit together. */
    public DriftReference {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
        if (frames < MIN_FRAMES) {
            throw new IllegalArgumentException(frames + " frames, at least " + MIN_FRAMES + " are needed");
        }
        check(brightness, frames);
        score.ifPresent(distribution -> check(distribution, frames));
        for (List<ClassFrames> classes : List.of(boxes, masks)) {
            for (ClassFrames one : classes) {
                if (one.frames() < 0 || one.frames() > frames) {
                    throw new IllegalArgumentException(one + " of " + frames + " frames");
                }
            }
        }
    }

    private static void check(Distribution distribution, int frames) {
        int sum = distribution.counts().stream().mapToInt(Integer::intValue).sum();
        if (sum != frames) {
            throw new IllegalArgumentException("bins with " + sum + " of " + frames + " frames");
        }
    }

    /** Whether it is of a network with the classes of these settings. */
    public boolean fits(NetworkSettings settings) {
        return score.isPresent() == settings.detects()
                && names(boxes).equals(settings.detects() ? settings.boxClasses() : List.of())
                && names(masks).equals(settings.segments() ? settings.maskClasses() : List.of());
    }

    private static List<String> names(List<ClassFrames> classes) {
        return classes.stream().map(ClassFrames::name).toList();
    }

    /** The file beside a weights file: {@code best.drift.json} for {@code best.safetensors}. */
    public static Path file(Path weights) {
        return FileBesideWeights.of(weights, ENDING);
    }

    /**
     * Reads the file beside a weights file; empty when there is none.
     *
     * @throws IllegalArgumentException when the file is damaged, or of other weights; names it
     */
    public static Optional<DriftReference> beside(Path weights) throws IOException {
        return FileBesideWeights.read(weights, file(weights), "a drift reference", "--save-drift", DriftReference::of);
    }

    private static DriftReference of(JsonNode json) {
        return new DriftReference(
                json.path("frames").asInt(),
                distribution(json.path("brightness")),
                json.has("score") ? Optional.of(distribution(json.get("score"))) : Optional.empty(),
                classes(json.path("boxes")),
                classes(json.path("masks")));
    }

    private static Distribution distribution(JsonNode json) {
        List<Double> edges = new ArrayList<>();
        json.path("edges").forEach(edge -> edges.add(edge.asDouble()));
        List<Integer> counts = new ArrayList<>();
        json.path("counts").forEach(count -> counts.add(count.asInt()));
        return new Distribution(edges, counts);
    }

    private static List<ClassFrames> classes(JsonNode json) {
        List<ClassFrames> classes = new ArrayList<>();
        json.properties()
                .forEach(one ->
                        classes.add(new ClassFrames(one.getKey(), one.getValue().asInt())));
        return classes;
    }

    /** As JSON, for {@link #file}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("frames", frames);
        json.set("brightness", toJson(brightness));
        score.ifPresent(distribution -> json.set("score", toJson(distribution)));
        json.set("boxes", toJson(boxes));
        json.set("masks", toJson(masks));
        return json;
    }

    private static ObjectNode toJson(Distribution distribution) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode edges = json.putArray("edges");
        distribution.edges().forEach(edges::add);
        ArrayNode counts = json.putArray("counts");
        distribution.counts().forEach(counts::add);
        return json;
    }

    private static ObjectNode toJson(List<ClassFrames> classes) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        classes.forEach(one -> json.put(one.name(), one.frames()));
        return json;
    }
}
