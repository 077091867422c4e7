package tandem.model.recipe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tandem.model.data.DataSet;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

/**
 * Settings that fit a data set, and why. {@code tandem train}, {@code tandem demo} and {@code tandem study} use it.
 *
 * @param network the network with the chosen input size and anchors
 * @param training the chosen settings of training
 * @param augmentation the chosen augmentation
 * @param choices all choices, in the order in which they were made
 * @param warnings sentences about data that the network can hardly learn
 */
public record TrainingRecipe(
        NetworkSettings network,
        TrainingSettings training,
        AugmentationSettings augmentation,
        List<Choice> choices,
        List<String> warnings) {

    /** Copies the lists. */
    public TrainingRecipe {
        choices = List.copyOf(choices);
        warnings = List.copyOf(warnings);
    }

    /** Settings as they are, without choices. */
    public static TrainingRecipe asGiven(
            NetworkSettings network, TrainingSettings training, AugmentationSettings augmentation) {
        return new TrainingRecipe(network, training, augmentation, List.of(), List.of());
    }

    /**
     * Fits all settings that are not given.
     *
     * @param network the network, with those settings that are given
     * @param training settings of training, with those that are given; {@link TrainingSettings#quick} for the others
     * @param augmentation with those settings that are given; {@link AugmentationSettings#mild} for the others
     * @param given main names of the given options, such as {@code --learning-rate}
     */
    public static TrainingRecipe fit(
            DataFacts facts,
            NetworkSettings network,
            TrainingSettings training,
            AugmentationSettings augmentation,
            Set<String> given) {
        return fit(facts, network, training, augmentation, given, Optional.empty());
    }

    /** The same for a run that ends inside a time, in which the machine does so many passes over the data. */
    public static TrainingRecipe fit(
            DataFacts facts,
            NetworkSettings network,
            TrainingSettings training,
            AugmentationSettings augmentation,
            Set<String> given,
            Optional<TimeBudget> time) {
        List<Choice> choices = new ArrayList<>();
        NetworkChoices shape = new NetworkChoices(facts, network, training, time, given, choices);
        TrainingChoices steps = new TrainingChoices(facts, shape.network(), training, time, given, choices);
        AugmentationChoices changes =
                new AugmentationChoices(facts.spread(), augmentation, steps.imageVisits(), given, choices);
        return new TrainingRecipe(shape.network(), steps.training(), changes.augmentation(), choices, shape.warnings());
    }

    /**
     * What the fit for the default network warns of, when it reads whole images: boxes that are too small at the input
     * size that it chooses.
     */
    public static List<String> smallBoxes(DataSet data) {
        return fit(
                        DataFacts.of(data),
                        NetworkSettings.small(data.boxClasses(), data.maskClasses(), NetworkChoices.USUAL_SIZE),
                        TrainingSettings.quick(),
                        AugmentationSettings.mild(),
                        Set.of("--crops"))
                .warnings();
    }

    /** The same with other settings of training. */
    public TrainingRecipe withTraining(TrainingSettings changed) {
        return new TrainingRecipe(network, changed, augmentation, choices, warnings);
    }

    /** The same with another network, which was not chosen. */
    public TrainingRecipe withNetwork(NetworkSettings changed) {
        List<Choice> others = new ArrayList<>(choices);
        others.removeIf(choice -> choice.path().startsWith("network."));
        return new TrainingRecipe(changed, training, augmentation, others, warnings);
    }

    /** The same with a limit of the time; the schedule ends inside it. */
    public TrainingRecipe withMinutes(double minutes) {
        return withTraining(training.withSchedule(training.schedule().withMinutes(minutes)));
    }

    /** The same with another number of epochs, chosen for a reason. */
    public TrainingRecipe withEpochs(int epochs, String reason) {
        TrainingSettings changed = training.withSchedule(training.schedule().withEpochs(epochs));
        List<Choice> others = new ArrayList<>(choices);
        Choice chosen = new Choice("schedule.epochs", "--epochs", Integer.toString(epochs), reason, false);
        others.replaceAll(choice -> choice.path().equals(chosen.path()) ? chosen : choice);
        if (!others.contains(chosen)) {
            others.add(chosen);
        }
        return new TrainingRecipe(network, changed, augmentation, others, warnings);
    }

    /** The reasons of the chosen values, by the paths of their components. */
    public Map<String, String> reasons() {
        Map<String, String> reasons = new HashMap<>();
        choices.stream()
                .filter(choice -> !choice.given())
                .forEach(choice -> reasons.put(choice.path(), choice.reason()));
        return reasons;
    }

    /** One line for each choice that the user did not make, and the warnings. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        choices.stream().filter(choice -> !choice.given()).forEach(choice -> lines.add("  " + choice.line()));
        if (!lines.isEmpty()) {
            lines.add(0, "settings that fit the data (an option overrides each of them):");
        }
        warnings.forEach(warning -> lines.add("warning: " + warning));
        return lines;
    }
}
