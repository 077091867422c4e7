package tandem.model.data;

import java.util.List;

/**
 * Which COCO files bring boxes and which bring masks. When neither is named, every file brings what it holds: masks
 * where its objects are outlined, boxes where they have any, or only what its {@code info.annotates} says.
 *
 * @param boxes files whose boxes are used, by name or path; their outlines are not, unless they are among {@code masks}
 *     too
 * @param masks files whose outlines are used
 */
public record CocoSources(List<String> boxes, List<String> masks) {

    /** Every file brings what it holds. */
    public static final CocoSources ANY = new CocoSources(List.of(), List.of());

    /** Fixes the lists. */
    public CocoSources {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
    }
}
