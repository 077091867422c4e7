package tandem.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Writes a data set in COCO layout whose JPEG images have 12 megapixels: {@code LargeImages FOLDER IMAGES OBJECTS
 * POLYGONS RADIUS}: objects of an image, polygons of an object, radius of a polygon in pixels. The same arguments give
 * the same files.
 */
final class LargeImages {

    private static final int WIDTH = 4_000;
    private static final int HEIGHT = 3_000;
    private static final int VERTICES = 40;

    private LargeImages() {}

    /** Writes the files. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        int objects = Integer.parseInt(arguments[2]);
        int polygons = Integer.parseInt(arguments[3]);
        int radius = Integer.parseInt(arguments[4]);
        Path images = Files.createDirectories(folder.resolve("images"));
        JsonMapper json = new JsonMapper();
        ObjectNode root = json.createObjectNode();
        ArrayNode listed = root.putArray("images");
        ArrayNode annotations = root.putArray("annotations");
        root.putArray("categories").addObject().put("id", 1).put("name", "stain");
        SplittableRandom random = new SplittableRandom(5);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 1; i <= count; i++) {
            String name = String.format("%04d.jpg", i);
            surface(image, random);
            ImageIO.write(image, "jpeg", images.resolve(name).toFile());
            listed.addObject()
                    .put("id", i)
                    .put("file_name", name)
                    .put("width", WIDTH)
                    .put("height", HEIGHT);
            for (int object = 0; object < objects; object++) {
                annotate(annotations, i, polygons, radius, random);
            }
        }
        Path file = Files.createDirectories(folder.resolve("annotations")).resolve("instances_all.json");
        json.writeValue(file.toFile(), root);
    }

    /** Slow waves with fine noise, as of a machined surface. */
    private static void surface(BufferedImage image, SplittableRandom random) {
        double slope = 0.002 + 0.004 * random.nextDouble();
        int[] row = new int[3 * WIDTH];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int gray = (int) (120 + 60 * Math.sin(slope * (x + 2 * y))) + (random.nextInt() & 15);
                row[3 * x] = gray;
                row[3 * x + 1] = gray + 5;
                row[3 * x + 2] = gray - 5;
            }
            image.getRaster().setPixels(0, y, WIDTH, 1, row);
        }
    }

    private static void annotate(ArrayNode annotations, int image, int polygons, int radius, SplittableRandom random) {
        ObjectNode annotation = annotations
                .addObject()
                .put("id", annotations.size())
                .put("image_id", image)
                .put("category_id", 1)
                .put("iscrowd", 0)
                .put("area", polygons * Math.PI * radius * radius / 2);
        ArrayNode segmentation = annotation.putArray("segmentation");
        double[] box = {WIDTH, HEIGHT, 0, 0};
        for (int i = 0; i < polygons; i++) {
            outline(segmentation.addArray(), box, radius, random);
        }
        annotation.putArray("bbox").add(box[0]).add(box[1]).add(box[2] - box[0]).add(box[3] - box[1]);
    }

    /** A star somewhere in the image; {@code box} (left, top, right, bottom) grows around it. */
    private static void outline(ArrayNode outline, double[] box, int radius, SplittableRandom random) {
        double centerX = radius + (WIDTH - 2 * radius) * random.nextDouble();
        double centerY = radius + (HEIGHT - 2 * radius) * random.nextDouble();
        for (int i = 0; i < VERTICES; i++) {
            double angle = 2 * Math.PI * i / VERTICES;
            double distance = radius * (0.5 + 0.5 * random.nextDouble());
            double x = Math.round(10 * (centerX + distance * Math.cos(angle))) / 10.0;
            double y = Math.round(10 * (centerY + distance * Math.sin(angle))) / 10.0;
            outline.add(x).add(y);
            box[0] = Math.min(box[0], x);
            box[1] = Math.min(box[1], y);
            box[2] = Math.max(box[2], x);
            box[3] = Math.max(box[3], y);
        }
    }
}
