package tandem.model.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The lists of a data set that its names define as training images, validation images and test images. Each is a list
 * of names for {@link ImageLists}, empty when there is none.
 *
 * @param training lists such as {@code train}, {@code Main/train}, {@code train2017}
 * @param validation lists such as {@code val}, {@code valid}, {@code validation}, {@code val2017}
 * @param test lists such as {@code test}
 */
public record Splits(List<String> training, List<String> validation, List<String> test) {

    private static final Pattern TRAINING = Pattern.compile("train(ing)?([-_]?(19|20)\\d\\d)?");
    private static final Pattern VALIDATION = Pattern.compile("(val|valid|validation|dev)([-_]?(19|20)\\d\\d)?");
    private static final Pattern TEST = Pattern.compile("test(ing)?([-_]?(19|20)\\d\\d)?");

    /** Copies the lists. */
    public Splits {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
    }

    /**
     * Selects among names of lists. Where several folders have such lists, those in {@code Main} are meant, as in VOC,
     * or else those in the first folder in alphabetical order.
     */
    public static Splits of(List<String> lists) {
        return new Splits(select(lists, TRAINING), select(lists, VALIDATION), select(lists, TEST));
    }

    private static List<String> select(List<String> lists, Pattern pattern) {
        List<String> found = new ArrayList<>();
        for (String list : lists) {
            if (pattern.matcher(DataFolder.bare(list).toLowerCase(Locale.ROOT)).matches()) {
                found.add(list);
            }
        }
        String folder = found.stream()
                .map(Splits::folder)
                .filter(name -> name.equals("Main/"))
                .findFirst()
                .orElse(found.isEmpty() ? "" : folder(found.get(0)));
        return found.stream().filter(list -> folder(list).equals(folder)).toList();
    }

    /** Whether there are lists, and all have the same name, in whatever folders. */
    public static boolean isOne(List<String> lists) {
        return lists.stream().map(DataFolder::bare).distinct().count() == 1;
    }

    private static String folder(String list) {
        return list.substring(0, list.lastIndexOf('/') + 1);
    }

    /** The images to evaluate on: the validation lists, or the test lists when there is none. */
    public List<String> heldOut() {
        return validation.isEmpty() ? test : validation;
    }

    /** Whether a name of a list or folder is that of a split. */
    static boolean isSplit(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TRAINING.matcher(lower).matches()
                || VALIDATION.matcher(lower).matches()
                || TEST.matcher(lower).matches();
    }
}
