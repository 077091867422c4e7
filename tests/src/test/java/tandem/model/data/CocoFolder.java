package tandem.model.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Makes small folders in COCO layout, by hand and without the code under test. */
public record CocoFolder(Path root) {

    public static CocoFolder in(Path root) {
        return new CocoFolder(root);
    }

    public CocoFolder text(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return this;
    }

    /** A black image. */
    public CocoFolder image(String file, int width, int height) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        ImageIO.write(
                new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB),
                file.substring(file.lastIndexOf('.') + 1),
                path.toFile());
        return this;
    }

    /** An instances file from the insides of its three arrays. */
    public CocoFolder instances(String file, String images, String categories, String annotations) throws IOException {
        return text(
                file,
                "{\"info\": {\"year\": 2026}, \"licenses\": [], \"images\": [" + images + "],\n\"categories\": ["
                        + categories + "],\n\"annotations\": [" + annotations + "]}");
    }
}
