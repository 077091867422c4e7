package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The image properties in a VOC annotation file. They are only used by the audit, to find inconsistent files.
 *
 * @param file the annotation file
 * @param fileName the image name in the file, empty when absent
 * @param depth the depth in the file, in channels per pixel, 0 when absent
 */
public record VocHeader(Path file, String fileName, int depth) {

    /**
     * Reads it for a sample of a folder in VOC layout with an annotation file.
     *
     * @throws DataException when the file cannot be read
     */
    public static Optional<VocHeader> of(Sample sample) {
        Path folder = sample.image().toAbsolutePath().getParent();
        while (folder != null && !folder.endsWith("JPEGImages")) {
            folder = folder.getParent();
        }
        if (folder == null) {
            return Optional.empty();
        }
        Path file = folder.resolveSibling("Annotations").resolve(sample.id() + ".xml");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        VocAnnotation annotation = VocAnnotation.parse(file, ImageDecoder.bytes(file, "a VOC annotation"));
        return Optional.of(new VocHeader(file, annotation.fileName(), annotation.depth()));
    }
}
