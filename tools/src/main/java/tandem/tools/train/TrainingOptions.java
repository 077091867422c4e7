package tandem.tools.train;

import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.TrainingSettings;

/** How to train: what differs from a preset or a recipe. */
public final class TrainingOptions {

    private static final int MEASURE_EVERY = 50;

    /** What a recipe chooses. */
    private static final List<String> FITTED = List.of(
            "optimizer.type",
            "optimizer.weightDecay",
            "schedule.epochs",
            "schedule.learningRate",
            "schedule.warmupSteps",
            "schedule.finalShare",
            "average.share",
            "batches.sampling",
            "losses.segmentationWeight",
            "losses.diceWeight");

    @Mixin
    private final DeclaredOptions declared;

    /** Options of {@code tandem train}. */
    TrainingOptions() {
        this(Set.of());
    }

    /**
     * Options of a command that uses a recipe.
     *
     * @param without paths of settings that have no option in that command
     */
    public TrainingOptions(Set<String> without) {
        this(fitted(), without);
    }

    /** Options of a command without data: the defaults are the settings that the recipe starts from. */
    static TrainingOptions withoutData() {
        return new TrainingOptions(SettingsRecord.values(TrainingSettings.quick()), Set.of());
    }

    private TrainingOptions(Map<String, Object> defaults, Set<String> without) {
        this.declared = new DeclaredOptions(
                TrainingSettings.class,
                defaults,
                path -> !path.startsWith("weak.") && !path.startsWith("distillation.") && !without.contains(path));
    }

    private static Map<String, Object> fitted() {
        Map<String, Object> defaults = SettingsRecord.values(TrainingSettings.standard());
        FITTED.forEach(path ->
                defaults.put(path, "from the data; " + Text.of(defaults.get(path)) + " with --recipe published"));
        return defaults;
    }

    DeclaredOptions declared() {
        return declared;
    }

    /**
     * The settings of a run, those of the preset where nothing else is given.
     *
     * @throws tandem.tools.InputException for settings that no run can have
     */
    public TrainingSettings settings(TrainingSettings preset) {
        return declared.apply(preset.withBalance(balance(preset)));
    }

    /** The default settings of the method that is given, with measured gradients, which take little time. */
    private BalanceSettings balance(TrainingSettings preset) {
        BalanceSettings.Method method = (BalanceSettings.Method) declared.value("--balance");
        BalanceSettings balance = method == null ? preset.balance() : BalanceSettings.of(method);
        return balance.method() == BalanceSettings.Method.GRADNORM ? balance : balance.withMeasureEvery(MEASURE_EVERY);
    }
}
