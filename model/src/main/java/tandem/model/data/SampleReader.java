package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the annotations of one image of a VOC folder.
 *
 * @param files the files of the folder
 * @param annotations its annotation files
 * @param boxClasses names of the box classes
 * @param maskClasses names of the mask classes
 * @param values how masks are read
 * @param limit of the images
 * @param origin 0 or 1 when all corners count from there; empty to decide by the file
 * @param bad counter of irregularities; also defines whether images are decoded, which finds damage outside the markers
 */
record SampleReader(
        VocFiles files,
        VocAnnotations annotations,
        List<String> boxClasses,
        List<String> maskClasses,
        MaskValues values,
        PixelLimit limit,
        Optional<Integer> origin,
        BadFiles bad) {

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
    static ImageHeader header(Path image, boolean decode, PixelLimit limit) {
        byte[] bytes = ImageDecoder.bytes(image, "an image");
        ImageHeader header = ImageHeader.read(image, bytes, limit);
        if (decode) {
            ImageDecoder.picture(image, bytes, header);
        }
        return header;
    }

    Result read(String id, Wanted wanted) {
        try {
            Path image = files.images().get(id);
            ImageHeader header = header(image, bad.decodes(), limit);
            Optional<List<Box>> boxes = Optional.empty();
            if (isRead(wanted.boxes, files.annotations(), id)) {
                boxes = Optional.of(annotations
                        .get(files.annotation(id), "the boxes of " + image.getFileName())
                        .boxes(boxClasses, header, origin, bad));
            }
            Optional<ClassMask> mask = Optional.empty();
            if (isRead(wanted.mask, files.masks(), id)) {
                AnnotatedSize size = MaskDecoder.annotated(files.mask(id), header);
                mask = Optional.of(size.mask(values.mask(files.mask(id), maskClasses, size.width(), size.height())));
            }
            return new Result(new Sample(id, image, header.width(), header.height(), boxes, mask), null);
        } catch (DataException e) {
            return new Result(null, e);
        }
    }

    private static boolean isRead(Need need, Map<String, Path> there, String id) {
        return need == Need.YES || need == Need.IF_THERE && there.containsKey(id);
    }
}
