package tandem.tools.train;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.model.data.DataSet;
import tandem.model.network.NetworkSettings;
import tandem.model.recipe.DataFacts;
import tandem.model.recipe.TimeBudget;
import tandem.model.recipe.TrainingRecipe;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

/** Where settings without an option come from. */
public final class RecipeOptions {

    /** Where to start from. */
    enum Source {
        /** Settings that fit the data. */
        FITTED,
        /** The published settings. */
        PUBLISHED
    }

    @Option(
            names = "--recipe",
            paramLabel = "NAME",
            defaultValue = "fitted",
            order = 20,
            description =
                    "Settings without an option: fitted to the data (optimizer, learning rate, schedule, losses, input size, anchors, "
                            + "augmentation; printed with the reasons), or published. Default: ${DEFAULT-VALUE}.")
    private Source source;

    @Mixin
    private AugmentationOptions augmentation;

    AugmentationOptions augmentation() {
        return augmentation;
    }

    /**
     * The recipe for a data set.
     *
     * @param facts of the data; read only if settings are fitted
     * @param boxClasses empty for no detection
     * @param maskClasses empty for no segmentation
     * @param plain without augmentation
     * @throws tandem.tools.InputException for settings that cannot be
     */
    public TrainingRecipe recipe(
            Supplier<DataFacts> facts,
            NetworkOptions network,
            TrainingOptions training,
            List<String> boxClasses,
            List<String> maskClasses,
            boolean plain) {
        return recipe(facts, network, training, boxClasses, maskClasses, plain, Optional.empty());
    }

    /** The same for a run that ends inside a time. */
    TrainingRecipe recipe(
            Supplier<DataFacts> facts,
            NetworkOptions network,
            TrainingOptions training,
            List<String> boxClasses,
            List<String> maskClasses,
            boolean plain,
            Optional<TimeBudget> time) {
        return recipe(facts, network, training, boxClasses, maskClasses, plain, 0, time);
    }

    /** The same for so many epochs, which do not come from an option. */
    public TrainingRecipe recipe(
            Supplier<DataFacts> facts,
            NetworkOptions network,
            TrainingOptions training,
            List<String> boxClasses,
            List<String> maskClasses,
            boolean plain,
            int epochs) {
        return recipe(facts, network, training, boxClasses, maskClasses, plain, epochs, Optional.empty());
    }

    private TrainingRecipe recipe(
            Supplier<DataFacts> facts,
            NetworkOptions network,
            TrainingOptions training,
            List<String> boxClasses,
            List<String> maskClasses,
            boolean plain,
            int epochs,
            Optional<TimeBudget> time) {
        boolean fitted = source == Source.FITTED;
        NetworkSettings shape = network.settings(boxClasses, maskClasses);
        TrainingSettings steps = training.settings(fitted ? TrainingSettings.quick() : TrainingSettings.standard());
        if (epochs > 0) {
            steps = steps.withSchedule(steps.schedule().withEpochs(epochs));
        }
        AugmentationSettings changes = plain
                ? AugmentationSettings.none()
                : augmentation.declared().apply(fitted ? AugmentationSettings.mild() : AugmentationSettings.standard());
        if (!fitted) {
            return TrainingRecipe.asGiven(shape, steps, changes);
        }
        Set<String> given = new HashSet<>();
        Stream.of(
                        network.given(),
                        training.declared().given(),
                        augmentation.declared().given())
                .forEach(given::addAll);
        if (plain) {
            given.add("--no-augmentation");
        }
        if (epochs > 0) {
            // A study, which compares networks of whole images.
            given.addAll(List.of("--epochs", "--crops"));
        }
        return TrainingRecipe.fit(facts.get(), shape, steps, changes, given, time);
    }

    /** Facts that are read once, when they are needed. */
    public static Supplier<DataFacts> facts(DataSet data) {
        DataFacts[] known = new DataFacts[1];
        return () -> known[0] == null ? known[0] = DataFacts.of(data) : known[0];
    }
}
