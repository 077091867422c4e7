package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VOC's annotation files outside VOC's folders. Images are 20 x 10. */
class XmlFormatTest {

    @TempDir
    Path root;

    private DataFiles files() {
        return new DataFiles(root);
    }

    private static String xml(String... objects) {
        StringBuilder text = new StringBuilder("<annotation><size><width>20</width><height>10</height></size>");
        for (String object : objects) {
            String[] words = object.split(" ");
            text.append("<object><name>" + words[0] + "</name><bndbox><xmin>" + words[1] + "</xmin><ymin>" + words[2]
                    + "</ymin><xmax>" + words[3] + "</xmax><ymax>" + words[4] + "</ymax></bndbox></object>");
        }
        return text.append("</annotation>").toString();
    }

    @Test
    void roboflowPutsThemBesideTheImages() throws IOException {
        files().images("train/a.jpg", "train/b.jpg", "train/c.jpg", "valid/a.jpg", "test/t.jpg")
                .text("README.roboflow.txt", "exported")
                .text("train/a.xml", xml("rust 1 2 3 4"))
                .text("train/b.xml", xml())
                .text("valid/a.xml", xml("dent 20 10 20 10"))
                .text("test/t.xml", xml());
        RecognizedData data = files().open();
        assertEquals("voc-xml", data.format());
        assertEquals(
                root + ": layout VOC annotation files (has annotation files such as test/t.xml);"
                        + " 2 classes; lists test 1, train 3, valid 1",
                data.line());
        assertEquals(List.of("dent", "rust"), data.reader().boxClasses());
        assertEquals(
                new Splits(List.of("train"), List.of("valid"), List.of("test")),
                Splits.of(data.reader().lists()));
        assertEquals(
                Optional.of(List.of(new Box(1, 0, 1, 3, 4, false))),
                files().read("train/a").boxes());
        assertEquals(Optional.of(List.of()), files().read("train/b").boxes());
        assertEquals(Optional.empty(), files().read("train/c").boxes());
        assertEquals(
                Optional.of(List.of(new Box(0, 19, 9, 20, 10, false))),
                files().read("valid/a").boxes());
    }

    @Test
    void aFolderOfAnnotationsBesideAFolderOfImagesIsMatched() throws IOException {
        files().images("images/a.png", "images/b.png")
                .text("annotations/xmls/a.xml", xml("rust 1 2 3 4"))
                .text("annotations/xmls/gone.xml", xml("rust 1 2 3 4"))
                .text("classes.txt", "dent", "rust");
        BadFiles bad = BadFiles.stop();
        DataSet data = files().open().reader().read("test", ImageLists.everything(), bad);
        assertEquals(1, data.boxed());
        assertEquals(1, data.samples().get(0).boxes().orElseThrow().get(0).label());
        assertTrue(
                bad.notices().toString().contains("1 annotation files have no image"),
                bad.notices().toString());
    }

    @Test
    void errorsNameTheFile() throws IOException {
        files().images("images/a.png").text("annotations/b.xml", xml("rust 1 2 3 4"));
        String noMatch = assertThrows(DataException.class, () -> files().read()).getMessage();
        assertTrue(noMatch.contains("no two with the same name, such as annotations/b.xml and images/a.png"), noMatch);
        files().text("annotations/a.xml", xml("rust 1 2 30 4"));
        String outside = assertThrows(DataException.class, () -> files().read()).getMessage();
        assertTrue(outside.contains("a.xml: object 1 ('rust')") && outside.contains("outside"), outside);
        files().text("annotations/a.xml", xml("rust 1 2 3 4")).images("images/a.jpg");
        String twice = assertThrows(DataException.class, () -> files().read()).getMessage();
        assertTrue(twice.contains("a.png: has the same name as a.jpg except for the extension"), twice);
    }

    @Test
    void difficultMayBeATextAndTheRootMayBeCapitalized() throws IOException {
        StringBuilder objects = new StringBuilder();
        for (String difficult : List.of("1", "True", "true", "1.0", "0", "False", "10")) {
            objects.append("<object><name>rust</name><difficult>")
                    .append(difficult)
                    .append(
                            "</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>");
        }
        files().images("a.png").text("a.xml", "<Annotation>" + objects + "</Annotation>");
        assertEquals(
                List.of(true, true, true, true, false, false, false),
                files().read("a").boxes().orElseThrow().stream()
                        .map(Box::difficult)
                        .toList());
    }
}
