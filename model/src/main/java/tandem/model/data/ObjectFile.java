package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tandem.model.coco.CocoFile;

/**
 * The objects of one image, in a file of its own. They are read by COCO's rules ({@link CocoSample}).
 *
 * @param file the annotation file, for messages
 * @param image name of the image, for messages
 * @param width columns of the annotated image, in pixels; 0 when the file does not contain it
 * @param height rows of the annotated image; 0 when the file does not contain it
 * @param names names of the classes; {@link CocoFile.Item#category} is an index into it
 * @param items the objects
 */
record ObjectFile(Path file, String image, int width, int height, List<String> names, List<CocoFile.Item> items) {

    /** The same with the objects as COCO has them. */
    ImageAnnotation.Content content(boolean outlined, ImageHeader header, ImageAnnotation.Context context) {
        List<CocoFile.Category> categories = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            categories.add(new CocoFile.Category(i, names.get(i), ""));
        }
        CocoFile content = new CocoFile(file, "", List.of(), categories, List.of());
        CocoImage.View view =
                new CocoImage.View(content, new CocoFile.Image(0, image, width, height), items, true, outlined);
        CocoImage one = new CocoImage(image, null);
        one.views().add(view);
        Set<Path> self = Set.of(file);
        return new CocoSample(context.boxClasses(), context.maskClasses(), context.bad())
                .content(one, header, self, self, context.wanted());
    }

    /** (x, y, width, height) of the bounding box of polygons, each (x0, y0, x1, y1, ...). */
    static double[] bounds(List<double[]> polygons) {
        double[] edges = {
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY
        };
        for (double[] polygon : polygons) {
            for (int i = 0; i < polygon.length; i += 2) {
                edges[0] = Math.min(edges[0], polygon[i]);
                edges[1] = Math.min(edges[1], polygon[i + 1]);
                edges[2] = Math.max(edges[2], polygon[i]);
                edges[3] = Math.max(edges[3], polygon[i + 1]);
            }
        }
        return new double[] {edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1]};
    }
}
