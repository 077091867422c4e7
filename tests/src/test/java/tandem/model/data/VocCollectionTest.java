package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A development kit of two years with lists laid out as the published mixed ones are: the same name in both years. */
class VocCollectionTest {

    @TempDir
    Path root;

    @BeforeEach
    void twoYears() throws IOException {
        Files.createDirectories(root.resolve("lists"));
        Path old = root.resolve("VOC2007");
        VocFolder.in(old)
                .image("000001.jpg", 9, 7)
                .boxes("000001", 9, 7, new Object[] {"dog", 1, 1, 5, 5})
                .image("000002.jpg", 9, 7)
                .mask("000002", 9, 7, 8, (x, y) -> x == 0 ? 12 : 0)
                // Published lists have no final newline, and one of them names every image twice.
                .text("ImageSets/MXEdet/train.txt", "000001")
                .text("ImageSets/MXEseg/train.txt", "000002\n000002");
        VocFolder.in(root.resolve("VOC2012"))
                .image("2008_000001.jpg", 6, 6)
                .boxes("2008_000001", 6, 6, new Object[] {"cat", 1, 1, 2, 2})
                .image("2007_000003.jpg", 6, 6)
                .mask("2007_000003", 6, 6, 8, (x, y) -> y == 0 ? 8 : 255)
                .image("2008_000009.jpg", 6, 6)
                .boxes("2008_000009", 6, 6)
                .mask("2008_000009", 6, 6, 8, (x, y) -> 1)
                .text("ImageSets/MXEdet/train.txt", "2008_000001\n")
                .text("ImageSets/MXEseg/train.txt", "2007_000003")
                .text("ImageSets/MXEdet/val.txt", "2008_000009");
    }

    private DataSet read(ImageLists lists) {
        return DataReader.open(root).read("test", lists, BadFiles.stop());
    }

    private static List<String> ids(DataSet data) {
        return data.samples().stream().map(Sample::id).toList();
    }

    @Test
    void aListIsReadInEveryYearThatHasIt() {
        DataSet data = read(ImageLists.partial("MXEdet/train", "MXEseg/train"));
        assertEquals(List.of("000001", "000002", "2008_000001", "2007_000003"), ids(data));
        assertEquals(
                List.of(Annotation.BOXES, Annotation.MASK, Annotation.BOXES, Annotation.MASK),
                data.samples().stream().map(Sample::annotation).toList());
        assertEquals(
                List.of("MXEdet/train", "MXEseg/train"),
                data.sources().stream().map(DataSet.Source::name).toList());
        assertEquals(List.of(0, 2), data.sources().get(0).samples());
        assertEquals(List.of(1, 3), data.sources().get(1).samples());
        assertEquals(VocReader.VOC_CLASSES, data.boxClasses());
        assertEquals(List.of("2008_000009"), ids(read(ImageLists.full("MXEdet/val"))));
        assertEquals(List.of("2008_000001"), ids(read(ImageLists.full("VOC2012/MXEdet/train"))));
        assertEquals(5, read(ImageLists.everything()).size());
        assertEquals(List.of("000002", "2007_000003"), DataReader.open(root).images("MXEseg/train", BadFiles.stop()));
    }

    @Test
    void aListMayLieElsewhereInAFolderOfItsYear() throws IOException {
        Path list = root.resolve("lists/VOC2012/MXEdet/train.txt");
        Files.createDirectories(list.getParent());
        Files.writeString(list, "2008_000001");
        assertEquals(List.of("2008_000001"), ids(read(ImageLists.full(list.toString()))));
    }

    @Test
    void anUnknownListIsNamed() {
        String message = assertThrows(DataException.class, () -> read(ImageLists.full("MXEdet/test")))
                .getMessage();
        assertTrue(
                message.contains("no list MXEdet/test in any of [VOC2007, VOC2012]")
                        && message.contains("VOC2012/MXEdet/val"),
                message);
    }

    @Test
    void oneNameInTwoYearsIsRefused() throws IOException {
        VocFolder.in(root.resolve("VOC2012")).image("000001.jpg", 6, 6);
        assertTrue(assertThrows(DataException.class, () -> read(ImageLists.everything()))
                .getMessage()
                .contains("same name"));
    }
}
