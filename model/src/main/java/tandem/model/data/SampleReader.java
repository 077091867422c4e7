package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the annotations of one image of a VOC folder.
 *
 * @param root the folder
 * @param boxClasses names of the box classes
 * @param maskClasses names of the mask classes
 * @param values how masks are read; null for indices of {@code maskClasses}
 * @param decode whether images are decoded too, which finds damage outside the markers
 */
record SampleReader(Path root, List<String> boxClasses, List<String> maskClasses, MaskValues values, boolean decode) {

    /** Whether one kind of annotation is required. */
    enum Need {
        NO,
        IF_THERE,
        YES;

        Need and(Need other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    /** The required annotations of an image. */
    record Wanted(Need boxes, Need mask) {

        static Wanted of(Annotation uses) {
            return switch (uses) {
                case BOXES -> new Wanted(Need.YES, Need.NO);
                case MASK -> new Wanted(Need.NO, Need.YES);
                case BOTH -> new Wanted(Need.IF_THERE, Need.IF_THERE);
                case NEITHER -> new Wanted(Need.NO, Need.NO);
            };
        }

        Wanted and(Wanted other) {
            return new Wanted(boxes.and(other.boxes), mask.and(other.mask));
        }
    }

    /** A sample, or its error: the other is null. */
    record Result(Sample sample, DataException bad) {}

    /** The header of a complete image, which is decoded as a check if required. */
    static ImageHeader header(Path image, boolean decode) {
        byte[] bytes = ImageDecoder.bytes(image, "an image");
        ImageHeader header = ImageHeader.read(image, bytes);
        if (decode) {
            ImageDecoder.image(image, bytes, header);
        }
        return header;
    }

    Result read(String id, Path image, Wanted wanted) {
        try {
            ImageHeader header = header(image, decode);
            Path annotation = root.resolve("Annotations").resolve(id + ".xml");
            Optional<List<Box>> boxes = Optional.empty();
            if (wanted.boxes == Need.YES || wanted.boxes == Need.IF_THERE && Files.exists(annotation)) {
                byte[] bytes = ImageDecoder.bytes(annotation, "the boxes of " + image.getFileName());
                boxes = Optional.of(
                        VocAnnotation.parse(annotation, bytes).boxes(boxClasses, header.width(), header.height()));
            }
            Path mask = root.resolve("SegmentationClass").resolve(id + ".png");
            Optional<ClassMask> counted = Optional.empty();
            if (wanted.mask == Need.YES || wanted.mask == Need.IF_THERE && Files.exists(mask)) {
                counted = Optional.of(
                        values == null
                                ? MaskDecoder.count(mask, maskClasses, header.width(), header.height())
                                : values.mask(mask, maskClasses, header.width(), header.height()));
            }
            return new Result(new Sample(id, image, header.width(), header.height(), boxes, counted), null);
        } catch (DataException e) {
            return new Result(null, e);
        }
    }
}
