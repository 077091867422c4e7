package tandem.tools.predict;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.data.DecodedImage;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;
import tandem.model.figure.Overlay;
import tandem.model.inference.Inspection;
import tandem.model.metrics.CocoResult;
import tandem.model.metrics.Detection;
import tandem.model.network.NetworkSettings;
import tandem.tools.ResultFile;
import tandem.tools.RgbImage;

/** Writes what was found in images. */
final class PredictionFiles {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final NetworkSettings network;
    private final double score;
    private final Overlay overlay;
    private final List<CocoResult> results = new ArrayList<>();
    private final ArrayNode images = JSON.createArrayNode();
    private int shownBoxes;

    /** @param score boxes below this are not drawn */
    PredictionFiles(Path folder, NetworkSettings network, double score) throws IOException {
        this.folder = folder;
        this.network = network;
        this.score = score;
        this.overlay = new Overlay(new ClassColors(network.boxClasses(), network.maskClasses()));
        Files.createDirectories(folder.resolve("overlays"));
        if (network.segments()) {
            Files.createDirectories(folder.resolve("masks"));
        }
    }

    /** Adds an image; categories are numbered from 1 in the order of the network's box classes. */
    void add(Path file, DecodedImage image, Inspection found) throws IOException {
        int id = images.size() + 1;
        images.addObject()
                .put("id", id)
                .put("file_name", file.toString())
                .put("width", image.width())
                .put("height", image.height());
        List<Detection> detections = found.detections();
        for (Detection detection : detections) {
            results.add(new CocoResult(id, detection.label() + 1, detection.score(), detection.box(), null));
        }
        List<Detection> shown = detections.stream()
                .filter(detection -> detection.score() >= score)
                .toList();
        shownBoxes += shown.size();
        byte[] mask = found.maskBytes();
        String name = ImagePaths.stem(file) + ".png";
        ImageFiles.writePng(
                folder.resolve("overlays").resolve(name), overlay.prediction(RgbImage.of(image), shown, mask));
        if (mask != null) {
            MaskPng.write(folder.resolve("masks").resolve(name), mask, image.width(), image.height());
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

    /** Writes {@code results.json}, {@code images.json} and {@code result.json}. */
    void finish(double seconds, String device, Path weights) throws IOException {
        CocoResult.write(folder.resolve("results.json"), results);
        ObjectNode dataset = JSON.createObjectNode();
        dataset.set("images", images);
        ArrayNode categories = dataset.putArray("categories");
        for (int i = 0; i < network.boxClasses().size(); i++) {
            categories
                    .addObject()
                    .put("id", i + 1)
                    .put("name", network.boxClasses().get(i));
        }
        ArrayNode maskClasses = dataset.putArray("maskClasses").add("background");
        network.maskClasses().forEach(maskClasses::add);
        Files.writeString(
                folder.resolve("images.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(dataset) + "\n");
        ObjectNode result = JSON.createObjectNode()
                .put("images", images.size())
                .put("boxes", results.size())
                .put("seconds", seconds)
                .put("device", device)
                .put("weights", weights.toString());
        Files.writeString(
                folder.resolve(ResultFile.NAME),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n");
    }
}
