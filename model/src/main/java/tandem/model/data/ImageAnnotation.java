package tandem.model.data;

import java.util.List;
import java.util.Optional;

/** The annotations of one image in files that belong to this image alone. */
interface ImageAnnotation {

    /**
     * Boxes and mask.
     *
     * @param boxes its boxes; empty when it is not annotated with boxes
     * @param mask its mask; empty when it has none
     */
    record Content(Optional<List<Box>> boxes, Optional<ClassMask> mask) {}

    /** An image without annotation. */
    ImageAnnotation NONE = (header, context) -> new Content(Optional.empty(), Optional.empty());

    /**
     * What a reading uses.
     *
     * @param boxClasses names of the box classes
     * @param maskClasses names of the mask classes
     * @param wanted the required annotations
     * @param bad counter of irregularities
     */
    record Context(List<String> boxClasses, List<String> maskClasses, SampleReader.Wanted wanted, BadFiles bad) {}

    /**
     * Reads the files.
     *
     * @param header size of the image
     * @throws DataException when a file is invalid
     */
    Content read(ImageHeader header, Context context);
}
