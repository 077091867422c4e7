package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.coco.CocoFile;

/**
 * One picture and what each instances file says of it.
 *
 * @param id its name in lists
 * @param picture its file; null when it was not found
 * @param views what the files say, in the order in which they were read
 */
record CocoImage(String id, Path picture, List<View> views) {

    /**
     * What one file says.
     *
     * @param file the file
     * @param entry the image in it
     * @param items its annotations
     * @param boxed whether any annotation of the whole file has a box
     * @param outlined whether any annotation of the whole file is outlined
     */
    record View(CocoFile file, CocoFile.Picture entry, List<CocoFile.Item> items, boolean boxed, boolean outlined) {}

    CocoImage(String id, Path picture) {
        this(id, picture, new ArrayList<>());
    }
}
