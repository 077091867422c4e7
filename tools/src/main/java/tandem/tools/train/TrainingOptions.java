package tandem.tools.train;

import java.util.Set;
import picocli.CommandLine.Mixin;
import tandem.model.declaration.SettingsRecord;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.TrainingSettings;

/** How to train: what differs from a preset. */
public final class TrainingOptions {

    private static final int MEASURE_EVERY = 50;

    @Mixin
    private final DeclaredOptions declared;

    private final TrainingSettings preset;

    /** Options of {@code tandem train}. */
    TrainingOptions() {
        this(TrainingSettings.standard(), Set.of());
    }

    /**
     * Options beside a preset of another command.
     *
     * @param without paths of settings that have no option in that command
     */
    public TrainingOptions(TrainingSettings preset, Set<String> without) {
        this.preset = preset;
        this.declared = new DeclaredOptions(
                TrainingSettings.class,
                SettingsRecord.values(preset),
                path -> !path.startsWith("weak.") && !path.startsWith("distillation.") && !without.contains(path));
    }

    DeclaredOptions declared() {
        return declared;
    }

    /**
     * The settings of a run, those of the preset where nothing else is given.
     *
     * @throws tandem.tools.InputException for settings that no run can have
     */
    public TrainingSettings settings() {
        return declared.apply(preset.withBalance(balance()));
    }

    /** The default settings of the method that is given, with measured gradients, which take little time. */
    private BalanceSettings balance() {
        BalanceSettings.Method method = (BalanceSettings.Method) declared.value("--balance");
        BalanceSettings balance = method == null ? preset.balance() : BalanceSettings.of(method);
        return balance.method() == BalanceSettings.Method.GRADNORM ? balance : balance.withMeasureEvery(MEASURE_EVERY);
    }
}
