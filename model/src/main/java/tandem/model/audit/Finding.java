package tandem.model.audit;

/**
 * A problem or irregularity of one file.
 *
 * @param kind kind of the finding
 * @param file the image's name, or the path of a file that cannot be read
 * @param detail the details
 */
public record Finding(Kind kind, String file, String detail) {

    /** The kinds of findings. */
    public enum Kind {
        /** Truncated or not decodable files, boxes outside the image, unknown classes. */
        BROKEN("broken files", "cannot be used; training stops at them unless bad files are skipped"),
        /** An image that is both a training image and a held-out image. */
        LEAK("images in a training list and in a held-out list", "figures on the held-out list would flatter"),
        /** Two images with the same content. */
        NEAR_DUPLICATE(
                "near-duplicate images",
                "count twice in training; across training and held-out lists they flatter the figures"),
        /** Boxes without a mask pixel. */
        BOX_WITHOUT_MASK("boxes without any mask pixel", "boxes and masks do not show the same things"),
        /** Masks outside all boxes. */
        MASK_OUTSIDE_BOXES(
                "masks with more than a tenth of their pixels outside all boxes",
                "boxes and masks do not show the same things"),
        /** Box and mask have different classes. */
        CLASS_DISAGREES("boxes of another class than the mask inside them", "one of the two is labelled wrongly"),
        /** Box class differs from the file name. */
        OTHER_CLASS(
                "images with a box of another class than the file name's",
                "either is mislabelled, or shows two kinds of objects"),
        /** One object with two boxes. */
        DOUBLE_BOX(
                "duplicate boxes (same class, intersection over union of 0.9 or more)",
                "one of the two counts as a missed object"),
        /** An annotation file that names another image. */
        FILE_NAME(
                "annotation files that name another image than their own",
                "harmless here, because the file's own name is used; other tools may not find the image"),
        /** Wrong number of channels. */
        DEPTH(
                "annotation files whose depth differs from the image's",
                "harmless here, because the depth of the image itself is used; other tools may fail"),
        /** Boxes whose corners count from another number. */
        CORNERS(
                "data sets whose boxes and masks differ by one pixel on the left and at the top",
                "the corners of the boxes count from another number than they were read with"),
        /** Boxes that are too small at the network's input. */
        SMALL_BOXES("boxes that a network can hardly find", "they are too small when the image is scaled to its input"),
        /** Names of classes that are nearly the same. */
        CLASS_NAMES("class names that are nearly the same", "probably one class: correct the names"),
        /** Not used. */
        UNUSED("files that are not used", "an image or annotation is missing, or its format is not read"),
        /** Corrected while reading. */
        ODDITY("irregularities that were corrected while reading", "check the export");

        private final String title;
        private final String meaning;

        Kind(String title, String meaning) {
            this.title = title;
            this.meaning = meaning;
        }

        /** Its title, in the plural. */
        public String title() {
            return title;
        }

        /** Its consequence. */
        public String meaning() {
            return meaning;
        }
    }
}
