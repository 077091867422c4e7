package tandem.tools.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tandem.model.data.DecodedImage;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;
import tandem.model.figure.Overlay;
import tandem.model.inference.Inspection;
import tandem.model.metrics.Detection;
import tandem.model.network.NetworkSettings;
import tandem.tools.JsonFile;
import tandem.tools.RgbImage;

/**
 * The results of a watched folder: {@code results/NAME.json}, {@code overlays/NAME.png} and {@code masks/NAME.png},
 * where NAME is the whole name of the image file. Each is written under another name and renamed, the JSON file last,
 * so that a reader never sees a part, and an image with a JSON file is complete.
 */
final class WatchedFiles {

    private static final JsonMapper JSON = new JsonMapper();
    /** Bytes of the longest file name of the usual file systems. */
    private static final int MAX_NAME = 255;
    /** What the longest name of a result has behind NAME. */
    private static final String LONGEST_ENDING = ".json.tmp";

    private final Path results;
    private final Path overlays;
    private final Path masks;
    private final Path temporary;
    private final double score;
    private final Overlay overlay;

    /** @param score boxes below this are not drawn */
    WatchedFiles(Path folder, NetworkSettings network, double score) throws IOException {
        this.score = score;
        results = Files.createDirectories(folder.resolve("results"));
        overlays = Files.createDirectories(folder.resolve("overlays"));
        masks = network.segments() ? Files.createDirectories(folder.resolve("masks")) : null;
        temporary = folder.resolve(".image.tmp");
        overlay = new Overlay(new ClassColors(network.boxClasses(), network.maskClasses()));
    }

    /** The version of an image that already has a result, of this or an earlier run. */
    Optional<FolderWatch.Version> done(Path image) {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(result(image)));
            return Optional.of(new FolderWatch.Version(
                    json.path("bytes").asLong(-1), json.path("modified").asLong(-1)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Why the results of an image cannot be written; empty when they can. */
    Optional<String> refusal(Path image) {
        int bytes = (image.getFileName() + LONGEST_ENDING).getBytes(StandardCharsets.UTF_8).length;
        return bytes <= MAX_NAME
                ? Optional.empty()
                : Optional.of("the name of the file has " + (bytes - LONGEST_ENDING.length())
                        + " bytes, at most " + (MAX_NAME - LONGEST_ENDING.length())
                        + " leave room for the names of its results; give it a shorter name");
    }

    private Path result(Path image) {
        return results.resolve(image.getFileName() + ".json");
    }

    /** Writes the results of an image. */
    void write(FolderWatch.Ready image, DecodedImage pixels, Inspection found, double milliseconds) throws IOException {
        String name = image.file().getFileName() + ".png";
        byte[] mask = found.maskBytes();
        List<Detection> detections = found.detections();
        List<Detection> shown =
                detections.stream().filter(one -> one.score() >= score).toList();
        ImageFiles.writePng(temporary, overlay.prediction(RgbImage.of(pixels), shown, mask));
        rename(overlays.resolve(name));
        if (mask != null) {
            MaskPng.write(temporary, mask, pixels.width(), pixels.height());
            rename(masks.resolve(name));
        }
        ObjectNode json = InspectionJson.add(entry(image), found);
        JsonFile.write(result(image.file()), json.put("milliseconds", milliseconds));
    }

    /** Writes that an image cannot be read. */
    void writeProblem(FolderWatch.Ready image, String problem) throws IOException {
        JsonFile.write(result(image.file()), entry(image).put("problem", problem));
    }

    private static ObjectNode entry(FolderWatch.Ready image) {
        return JSON.createObjectNode()
                .put("image", image.file().toString())
                .put("bytes", image.version().bytes())
                .put("modified", image.version().modified());
    }

    private void rename(Path target) throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
