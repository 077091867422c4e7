package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/** Reads data sets from a folder, whatever its layout. */
public sealed interface DataReader permits VocReader, VocCollection, CocoReader, FolderReader {

    /**
     * Recognizes the layout, see {@link RecognizedData}.
     *
     * @throws DataException when it is unknown or ambiguous
     */
    static DataReader open(Path data) {
        return open(data, CocoSources.ANY);
    }

    /**
     * The same, with the annotations that COCO files provide.
     *
     * @throws DataException when the layout is unknown, or sources are given for another layout than COCO's
     */
    static DataReader open(Path data, CocoSources sources) {
        return RecognizedData.of(data, ReadingOptions.of(sources)).reader();
    }

    /** The folder. */
    Path root();

    /** Names of the box classes. */
    List<String> boxClasses();

    /** Names of the mask classes, without background. */
    List<String> maskClasses();

    /** The same data with other classes, such as those of a trained network. */
    DataReader withClasses(List<String> boxClasses, List<String> maskClasses);

    /** One sentence for each group of class names that differ only in upper and lower case or separators. */
    default List<String> similarClasses() {
        return ClassNames.similar(boxClasses(), maskClasses());
    }

    /** Whether boxes come from VOC's annotation files, where the corners may count from 0 or 1. */
    default boolean hasVocCorners() {
        return this instanceof VocReader || this instanceof VocCollection;
    }

    /** What the user should know about how the data is read, such as the lists found; empty for nothing. */
    default String note() {
        return "";
    }

    /** Names of the existing lists, sorted, for {@link ImageLists}. */
    List<String> lists();

    /**
     * Names of the images of a list, each once, in order; those that do not exist are bad files.
     *
     * @throws DataException when there is no such list
     */
    List<String> images(String list, BadFiles bad);

    /**
     * Reads the annotations and the headers of all listed images, on all cores. When bad files are skipped, every image
     * is decoded as well, so that damaged ones are found now.
     *
     * @param name name of the result
     * @throws DataException for the first bad file, unless {@code bad} skips them; and for a list in which no image is
     *     left
     */
    DataSet read(String name, ImageLists lists, BadFiles bad);
}
