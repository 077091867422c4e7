package tandem.tools.study;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.model.distillation.Task;
import tandem.tools.InputException;

/**
 * Annotation budget of a run: the number of annotated images that it may use.
 *
 * @param boxes images annotated with boxes
 * @param masks images annotated with a mask
 */
record Budget(int boxes, int masks) {

    private static final Pattern AMOUNT = Pattern.compile("all|(\\d+)|(\\d+(?:\\.\\d+)?)%|(0?\\.\\d+)");

    /** Number of images annotated for a task. */
    int of(Task task) {
        return task == Task.DETECTION ? boxes : masks;
    }

    /**
     * Parses {@code 120}, {@code 25%}, {@code 0.25} or {@code all}: the number of images annotated for the scarce task,
     * with all images of the other task; or two of these as BOXES+MASKS.
     *
     * @param boxed available images with boxes
     * @param masked available images with a mask
     * @throws InputException for any other text, and for more images than available
     */
    static Budget parse(String text, Task scarce, int boxed, int masked) {
        List<String> parts = List.of(text.strip().split("\\+", -1));
        if (parts.size() == 2) {
            return new Budget(amount(text, parts.get(0), boxed, "boxes"), amount(text, parts.get(1), masked, "a mask"));
        }
        if (parts.size() > 2) {
            throw new InputException(
                    "--budgets " + text + ": expected a number, a share or 'all', or two of these as BOXES+MASKS");
        }
        return scarce == Task.DETECTION
                ? new Budget(amount(text, parts.get(0), boxed, "boxes"), masked)
                : new Budget(boxed, amount(text, parts.get(0), masked, "a mask"));
    }

    private static int amount(String text, String part, int all, String annotation) {
        Matcher match = AMOUNT.matcher(part.strip());
        if (!match.matches()) {
            throw new InputException("--budgets " + text + ": '" + part
                    + "' is not a number of images, a share such as 25% or 0.25, or 'all'");
        }
        double wanted = match.group(1) != null
                ? Double.parseDouble(match.group(1))
                : match.group(2) != null
                        ? Double.parseDouble(match.group(2)) / 100 * all
                        : match.group(3) != null ? Double.parseDouble(match.group(3)) * all : all;
        long images = Math.round(wanted);
        if (images < 1 || images > all) {
            throw new InputException("--budgets " + text + ": " + images + " images with " + annotation + ", but only "
                    + all + " are available; give 1 to " + all);
        }
        return (int) images;
    }

    @Override
    public String toString() {
        return boxes + "+" + masks;
    }
}
