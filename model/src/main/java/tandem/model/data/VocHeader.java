package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a VOC annotation file says of its image. Nothing relies on it; it tells how far the file can be trusted.
 *
 * @param file the annotation file
 * @param fileName the image it names, empty when it names none
 * @param depth colours a pixel that it says the image has, 0 when it does not say
 */
public record VocHeader(Path file, String fileName, int depth) {

    /**
     * Reads it, where the sample comes from a folder in VOC layout and has an annotation file.
     *
     * @throws DataException when the file cannot be read
     */
    public static Optional<VocHeader> of(Sample sample) {
        Path folder = sample.image().toAbsolutePath().getParent();
        if (!folder.endsWith("JPEGImages")) {
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
