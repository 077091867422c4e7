package tandem.model.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import tandem.fuzz.FuzzTarget;

/** Annotations and lists, read with images of 64 x 48 pixels beside them. */
public final class DataFuzzTargets {

    private static final List<String> CLASSES = List.of("scratch", "dent");

    private static final String XML = """
            <?xml version="1.0" encoding="UTF-8"?>
            <annotation>
              <folder>x</folder><filename>a.png</filename>
              <source><database>Unknown &amp; other</database></source>
              <size><width>64</width><height>48</height><depth>3</depth></size>
              <segmented>0</segmented>
              <!-- two objects -->
              <object><name>scratch</name><pose>Left</pose><truncated>0</truncated><difficult>0</difficult>
                <bndbox><xmin>3</xmin><ymin>4</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object>
              <object><name>dent</name><difficult>1</difficult>
                <part><name>hand</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
                <bndbox><xmin>10.5</xmin><ymin>1.25</ymin><xmax>64</xmax><ymax>48</ymax></bndbox></object>
            </annotation>
            """;

    private static final String LIST = "a\nb\nc 1\na -1\nb  0\nImages/a.png\r\nc.png\n";

    private static final String COCO = """
            {"info": {"description": "made by hand"}, "licenses": [],
            "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48},
             {"id": 2, "file_name": "b.png", "width": 64, "height": 48},
             {"id": 3, "file_name": "c.png", "width": 64, "height": 48}],
            "categories": [{"id": 1, "name": "scratch", "supercategory": "defect"}, {"id": 2, "name": "dent"}],
            "annotations": [
             {"id": 1, "image_id": 1, "category_id": 1, "bbox": [3, 4, 20.5, 30], "area": 615, "iscrowd": 0,
              "segmentation": [[3, 4, 23.5, 4, 23.5, 34, 3, 34], [30, 30, 40, 30, 35, 40]]},
             {"id": 2, "image_id": 1, "category_id": 2, "bbox": [0, 0, 64, 48], "area": 100, "iscrowd": 1,
              "segmentation": {"size": [48, 64], "counts": [10, 20, 3042]}},
             {"id": 3, "image_id": 2, "category_id": 2, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0,
              "segmentation": {"size": [48, 64], "counts": "Q11\\\\1"}},
             {"id": 4, "image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12}]}
            """;

    private DataFuzzTargets() {}

    /** The three readers; their images and inputs lie in {@code folder}. */
    public static List<FuzzTarget> all(Path folder) throws IOException {
        Path root = Files.createDirectories(folder.resolve("coco"));
        Path annotations = Files.createDirectories(root.resolve("annotations"));
        for (String name : List.of("a.png", "b.png", "c.png")) {
            ImageIO.write(
                    new BufferedImage(64, 48, BufferedImage.TYPE_BYTE_GRAY),
                    "png",
                    Files.createDirectories(root.resolve("train")).resolve(name).toFile());
        }
        Path instances = annotations.resolve("instances_train.json");
        Path list = folder.resolve("list.txt");
        return List.of(
                new FuzzTarget(
                        "voc",
                        List.of(bytes(XML)),
                        DataException.class,
                        input -> VocAnnotation.parse(folder.resolve("a.xml"), input)
                                .boxes(CLASSES, 64, 48, Optional.empty(), BadFiles.stop())),
                new FuzzTarget("list", List.of(bytes(LIST)), DataException.class, input -> {
                    Files.write(list, input);
                    ImageList.read(
                            list,
                            name -> List.of("a", "b", "c").contains(name) ? name : null,
                            "there is no such image");
                }),
                new FuzzTarget("coco", List.of(bytes(COCO)), DataException.class, input -> {
                    Files.write(instances, input);
                    DataSet data = DataReader.open(root).read("fuzzed", ImageLists.full("train"), BadFiles.stop());
                    for (Sample sample : data.samples()) {
                        ImageDecoder.mask(sample);
                    }
                }));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
