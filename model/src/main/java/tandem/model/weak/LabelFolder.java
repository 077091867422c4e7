package tandem.model.weak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import tandem.model.data.DataException;
import tandem.model.data.ImageDecoder;
import tandem.model.declaration.StrictJson;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.MaskPng;

/**
 * Pseudo-labels in a folder: {@code masks/ID.png} for each mask and {@code labels.json} for everything else.
 * {@code labels.json} is written last, so the folder is complete when it exists. Files are written to a temporary file,
 * synced to the disk and renamed.
 */
final class LabelFolder {

    private static final String LABELS = "labels.json";
    private static final JsonMapper JSON = new JsonMapper();

    /** The content of {@code labels.json}. A map is null when there is no teacher for that task. */
    record Contents(
            JsonNode settings,
            Map<String, Float> boxThresholds,
            Map<String, Float> maskThresholds,
            List<Entry> images) {}

    /**
     * Labels of one image: {@code boxes} is null when the image has none, {@code mask} is whether its mask file exists.
     */
    record Entry(String id, List<NamedBox> boxes, boolean mask) {}

    /** A box in pixels of the original image. */
    record NamedBox(String name, float score, float xMin, float yMin, float xMax, float yMax) {}

    private final Path folder;

    LabelFolder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("masks"));
    }

    boolean complete() {
        return Files.exists(folder.resolve(LABELS));
    }

    void writeMask(String id, byte[] mask, int width, int height) throws IOException {
        write(maskFile(id), ImageFiles.png(MaskPng.image(mask, width, height)));
    }

    byte[] readMask(String id, int width, int height) {
        return ImageDecoder.mask(maskFile(id), width, height);
    }

    private Path maskFile(String id) {
        return folder.resolve("masks").resolve(id + ".png");
    }

    void finish(Contents contents) throws IOException {
        write(folder.resolve(LABELS), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(contents));
    }

    Contents read() throws IOException {
        Path file = folder.resolve(LABELS);
        try {
            return StrictJson.read(file.toString(), Files.readString(file), Contents.class);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    file, "is damaged (" + e.getMessage() + ")", "start the run again in another folder");
        }
    }

    /** Writes a file such that it is either complete or absent. */
    static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + Thread.currentThread().getId() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
