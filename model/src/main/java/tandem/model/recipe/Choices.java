package tandem.model.recipe;

import java.util.List;
import java.util.Set;
import tandem.model.declaration.Text;

/**
 * Collects choices: a value that the user gave is kept, and reported as given.
 *
 * @param given main names of the given options
 * @param made receives the choices
 */
record Choices(Set<String> given, List<Choice> made) {

    /**
     * One choice.
     *
     * @param present the value so far, which stays if it is given
     * @return the value to use
     */
    <T> T choose(String path, String option, T present, T chosen, String reason) {
        boolean kept = given.contains(option);
        T value = kept ? present : chosen;
        made.add(new Choice(path, option, Text.of(value), kept ? "given" : reason, kept));
        return value;
    }
}
