package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.coco.CocoFile;

/**
 * One image and its entries in the instances files.
 *
 * @param id its name in lists
 * @param imageFile its file; null when it is missing
 * @param views its entries, in the order in which the files were read
 */
record CocoImage(String id, Path imageFile, List<View> views) {

    /**
     * The entry of one file.
     *
     * @param file the file
     * @param entry the image in it
     * @param items its annotations
     * @param boxed whether any annotation of the whole file has a box
     * @param outlined whether any annotation of the whole file has an outline
     */
    record View(CocoFile file, CocoFile.Image entry, List<CocoFile.Item> items, boolean boxed, boolean outlined) {}

    CocoImage(String id, Path imageFile) {
        this(id, imageFile, new ArrayList<>());
    }
}
