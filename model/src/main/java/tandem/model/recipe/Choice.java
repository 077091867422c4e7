package tandem.model.recipe;

/**
 * One chosen setting.
 *
 * @param path path of the component of the settings, such as {@code schedule.learningRate}
 * @param option its option, such as {@code --learning-rate}
 * @param value the value, as text
 * @param reason one sentence without its full stop
 * @param given whether the user gave the value; the reason is then that it was given
 */
public record Choice(String path, String option, String value, String reason, boolean given) {

    /** Such as {@code --size 224: the images have 200 x 200 pixels}. */
    public String line() {
        return option + " " + value + ": " + reason;
    }
}
