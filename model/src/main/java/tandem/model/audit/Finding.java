package tandem.model.audit;

/**
 * Something wrong, or at least odd, with one file.
 *
 * @param kind what it is
 * @param file the image's name, or the path of a file that cannot be read
 * @param detail the particulars
 */
public record Finding(Kind kind, String file, String detail) {

    /** What can be found. */
    public enum Kind {
        /** Cut short, not decodable, boxes outside, unknown classes. */
        BROKEN("broken files", "cannot be used, and stop a training unless it is told to skip them"),
        /** One image among the images to train on and among those to measure on. */
        LEAK("images in a training list and in a held-out list", "figures on the held-out list would flatter"),
        /** Two images that show the same. */
        NEAR_DUPLICATE(
                "near-duplicate images",
                "count twice in training; across training and held-out lists they flatter the figures"),
        /** Boxes of which the mask knows nothing. */
        BOX_WITHOUT_MASK("boxes without any mask pixel", "boxes and masks do not show the same things"),
        /** Masks of which the boxes know nothing. */
        MASK_OUTSIDE_BOXES(
                "masks with more than a tenth of their pixels outside all boxes",
                "boxes and masks do not show the same things"),
        /** Box and mask name different classes. */
        CLASS_DISAGREES("boxes of another class than the mask inside them", "one of the two is labelled wrongly"),
        /** Box class against file name. */
        OTHER_CLASS(
                "images with a box of another class than the file name's",
                "either is mislabelled, or shows two kinds of objects"),
        /** One object boxed twice. */
        DOUBLE_BOX(
                "boxes drawn twice (same class, intersection over union of 0.9 or more)",
                "one of the two counts as a missed object"),
        /** Pointing at another image. */
        FILE_NAME(
                "annotation files that name another image than their own",
                "harmless here, as a file's own name is used; other tools may not find the image"),
        /** Wrong number of colours. */
        DEPTH(
                "annotation files that give another depth than the picture has",
                "harmless here, as the picture is asked; other tools may fail"),
        /** Put right while reading. */
        ODDITY("oddities that were put right while reading", "worth a look at the export");

        private final String title;
        private final String meaning;

        Kind(String title, String meaning) {
            this.title = title;
            this.meaning = meaning;
        }

        /** What it is called, in the plural. */
        public String title() {
            return title;
        }

        /** Why it matters. */
        public String meaning() {
            return meaning;
        }
    }
}
