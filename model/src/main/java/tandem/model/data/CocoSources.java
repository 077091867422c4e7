package tandem.model.data;

import java.util.List;

/**
 * Which COCO files provide boxes and which provide masks. Without names every file provides its content: masks when its
 * objects have outlines, boxes when they have boxes, or only the kind in its {@code info.annotates}.
 *
 * @param boxes files whose boxes are used, by name or path; their outlines are used only when they are also in
 *     {@code masks}
 * @param masks files whose outlines are used
 */
public record CocoSources(List<String> boxes, List<String> masks) {

    /** Every file provides its content. */
    public static final CocoSources ANY = new CocoSources(List.of(), List.of());

    /** Copies the lists. */
    public CocoSources {
        boxes = List.copyOf(boxes);
        masks = List.copyOf(masks);
    }
}
