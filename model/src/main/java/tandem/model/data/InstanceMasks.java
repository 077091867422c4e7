package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.model.coco.CocoFile;
import tandem.model.coco.Outline;
import tandem.model.coco.RunLengthMask;

/**
 * One mask file for each object of an image, such as {@code ID/images/ID.png} and {@code ID/masks/*.png}. Pixels from
 * {@code threshold} on are the object; its box is the bounding box of these.
 *
 * @param files the mask files, at least one
 * @param threshold minimum gray value
 * @param name the class
 */
record InstanceMasks(List<Path> files, int threshold, String name) implements ImageAnnotation {

    /**
     * The mask files of each image, where each folder with masks has exactly one image and some have several masks;
     * empty for other data.
     */
    static Map<String, List<String>> find(List<String> images, List<String> masks) {
        Map<String, List<String>> imagesOf = group(images);
        Map<String, List<String>> masksOf = group(masks);
        Map<String, List<String>> found = new HashMap<>();
        for (Map.Entry<String, List<String>> entry : masksOf.entrySet()) {
            List<String> image = imagesOf.getOrDefault(entry.getKey(), List.of());
            if (entry.getKey().isEmpty() || image.size() != 1) {
                return Map.of();
            }
            found.put(image.get(0), entry.getValue());
        }
        return found.values().stream().anyMatch(files -> files.size() > 1) ? found : Map.of();
    }

    private static Map<String, List<String>> group(List<String> files) {
        Map<String, List<String>> groups = new HashMap<>();
        for (String file : files) {
            PathParts parts = PathParts.of(file);
            String folder = parts.own().isEmpty() ? "" : parts.split() + "/" + String.join("/", parts.own());
            groups.computeIfAbsent(folder, key -> new ArrayList<>()).add(file);
        }
        return groups;
    }

    @Override
    public Content read(ImageHeader header, Context context) {
        List<CocoFile.Item> items = new ArrayList<>();
        AnnotatedSize size = MaskDecoder.annotated(files.get(0), header);
        for (Path file : files) {
            byte[] mask = new MaskValues.Threshold(List.of(name), threshold, 1).read(file, size.width(), size.height());
            RunLengthMask pixels = RunLengthMask.ofMask(mask, size.width(), size.height(), 1);
            RunLengthMask.Bounds bounds = pixels.bounds();
            items.add(new CocoFile.Item(
                    file.getFileName().toString(),
                    -1,
                    0,
                    0,
                    new double[] {
                        bounds.left(), bounds.top(), bounds.right() - bounds.left(), bounds.bottom() - bounds.top()
                    },
                    new Outline.Runs(size.width(), size.height(), pixels.runs()),
                    Double.NaN,
                    false,
                    false,
                    null));
        }
        return new ObjectFile(files.get(0).getParent(), "masks", size.width(), size.height(), List.of(name), items)
                .content(true, header, context);
    }
}
