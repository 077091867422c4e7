package tandem.tools.predict;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.CocoIds;
import tandem.model.data.DecodedImage;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;
import tandem.model.figure.Overlay;
import tandem.model.inference.Inspection;
import tandem.model.metrics.CocoResult;
import tandem.model.metrics.Detection;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;
import tandem.tools.ResultFile;
import tandem.tools.RgbImage;
import tandem.tools.watch.InspectionJson;

/** Writes what was found in images. */
final class PredictionFiles {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String IMAGES = "images.json";
    /** Fields of {@link #IMAGES} with the paths of files; each is in a folder of this name in the plural. */
    private static final List<String> KINDS = List.of("overlay", "mask");

    private final Path folder;
    private final NetworkSettings network;
    private final double score;
    private final Overlay overlay;
    private final List<CocoResult> results = new ArrayList<>();
    private final ArrayNode images = JSON.createArrayNode();
    private final CocoIds ids;
    private final Set<String> earlier;
    private int shownBoxes;
    private int decided;
    private int passed;

    /**
     * Prepares a folder.
     *
     * @param score boxes below this are not drawn
     * @param ids those of images and box classes
     * @throws InputException when the folder has the results of another command
     */
    PredictionFiles(Path folder, NetworkSettings network, double score, CocoIds ids) throws IOException {
        this.ids = ids;
        this.earlier = earlier(folder);
        this.folder = folder;
        this.network = network;
        this.score = score;
        this.overlay = new Overlay(new ClassColors(network.boxClasses(), network.maskClasses()));
        Files.createDirectories(folder.resolve("overlays"));
        if (network.segments()) {
            Files.createDirectories(folder.resolve("masks"));
        }
    }

    /** Overlays and masks that {@code images.json} of an earlier run names. */
    private static Set<String> earlier(Path folder) throws IOException {
        Path list = folder.resolve(IMAGES);
        Set<String> files = new HashSet<>();
        if (!Files.isRegularFile(list)) {
            if (Files.exists(folder.resolve(ResultFile.NAME)) || new CheckpointStore(folder).exists()) {
                throw new InputException(folder + " holds the results of another command; choose another --output");
            }
            return files;
        }
        for (JsonNode image : JSON.readTree(list.toFile()).path("images")) {
            for (String kind : KINDS) {
                String file = image.path(kind).asText();
                if (file.matches(kind + "s/([^/\\\\]+/)*[^/\\\\]+\\.png") && !file.contains("/../")) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /**
     * Adds an image.
     *
     * @param name of its overlay and mask
     * @param id of the image in the results
     */
    void add(Path file, String name, long id, DecodedImage image, Inspection found) throws IOException {
        byte[] mask = found.maskBytes();
        ObjectNode entry = images.addObject();
        put(entry, id, ids.imageTexts());
        entry.put("file_name", file.toString())
                .put("width", image.width())
                .put("height", image.height())
                .put("overlay", "overlays/" + name + ".png");
        if (mask != null) {
            entry.put("mask", "masks/" + name + ".png");
        }
        InspectionJson.addDecision(entry, found);
        if (found.isDecided()) {
            decided++;
            passed += found.decision().pass() ? 1 : 0;
        }
        List<Detection> detections = found.detections();
        for (Detection detection : detections) {
            results.add(new CocoResult(
                    id, ids.categories().get(detection.label()), detection.score(), detection.box(), null));
        }
        List<Detection> shown = detections.stream()
                .filter(detection -> detection.score() >= score)
                .toList();
        shownBoxes += shown.size();
        ImageFiles.writePng(file("overlays", name), overlay.prediction(RgbImage.of(image), shown, mask));
        if (mask != null) {
            MaskPng.write(file("masks", name), mask, image.width(), image.height());
        }
    }

    /** The file of an overlay or mask; makes its folder. */
    private Path file(String kind, String name) throws IOException {
        Path file = folder.resolve(kind).resolve(name + ".png");
        Files.createDirectories(file.getParent());
        return file;
    }

    private static void put(ObjectNode entry, long id, Map<Long, String> texts) {
        String text = texts.get(id);
        if (text == null) {
            entry.put("id", id);
        } else {
            entry.put("id", text);
        }
    }

    /** Images added so far. */
    int images() {
        return images.size();
    }

    /** Boxes drawn so far. */
    int shownBoxes() {
        return shownBoxes;
    }

    /** Images that pass and fail by thresholds, in one line; empty when there are none. */
    Optional<String> decisions() {
        return decided == 0
                ? Optional.empty()
                : Optional.of(passed + " images pass and " + (decided - passed) + " fail by the thresholds beside the "
                        + "weights; images.json has the decision of each");
    }

    /**
     * Writes {@code results.json}, {@code images.json} and {@code result.json}, and removes the overlays and masks of
     * an earlier run that this one did not write again.
     *
     * @return number of the removed files
     */
    int finish(double seconds, String device, Path weights) throws IOException {
        CocoResult.write(folder.resolve("results.json"), results, ids.imageTexts(), ids.categoryTexts());
        ObjectNode dataset = JSON.createObjectNode();
        dataset.set("images", images);
        ArrayNode categories = dataset.putArray("categories");
        for (int i = 0; i < network.boxClasses().size(); i++) {
            ObjectNode category = categories.addObject();
            put(category, ids.categories().get(i), ids.categoryTexts());
            category.put("name", network.boxClasses().get(i));
        }
        ArrayNode maskClasses = dataset.putArray("maskClasses").add("background");
        network.maskClasses().forEach(maskClasses::add);
        Files.writeString(
                folder.resolve(IMAGES), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(dataset) + "\n");
        ObjectNode result = JSON.createObjectNode()
                .put("images", images.size())
                .put("boxes", results.size())
                .put("seconds", seconds)
                .put("device", device)
                .put("weights", weights.toString());
        if (decided > 0) {
            result.put("passed", passed).put("failed", decided - passed);
        }
        Files.writeString(
                folder.resolve(ResultFile.NAME),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n");
        for (JsonNode image : images) {
            KINDS.forEach(kind -> earlier.remove(image.path(kind).asText()));
        }
        int removed = 0;
        for (String file : earlier) {
            Path old = folder.resolve(file);
            removed += Files.deleteIfExists(old) ? 1 : 0;
            deleteEmpty(old.getParent());
        }
        return removed;
    }

    /** Deletes a folder of earlier results if it is empty, and then the one that it is in. */
    private void deleteEmpty(Path start) throws IOException {
        for (Path part = start; !folder.equals(part.getParent()) && Files.isDirectory(part); part = part.getParent()) {
            try (Stream<Path> files = Files.list(part)) {
                if (files.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(part);
        }
    }
}
