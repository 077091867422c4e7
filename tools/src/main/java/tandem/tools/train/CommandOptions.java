package tandem.tools.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tandem.model.declaration.Component;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;

/** The options of {@code tandem train} that give these settings, whatever its recipe would choose. */
public final class CommandOptions {

    private CommandOptions() {}

    /** Words of a command line. */
    public static List<String> of(
            NetworkSettings network, TrainingSettings training, AugmentationSettings augmentation) {
        List<String> words = new ArrayList<>(
                List.of("--recipe", "published", "--size", network.inputSize().toString()));
        add(
                words,
                network,
                SettingsRecord.values(
                        NetworkSettings.small(network.boxClasses(), network.maskClasses(), network.inputSize())));
        training.weak().pseudoLabels().teachers().stream()
                .reduce((one, other) -> one + "," + other)
                .ifPresent(files -> words.addAll(List.of("--pseudo-labels", files)));
        teacher(words, "--teacher-detection", training.distillation().detection());
        teacher(words, "--teacher-segmentation", training.distillation().segmentation());
        add(words, training, SettingsRecord.defaultValues(TrainingSettings.class));
        words.addAll(
                List.of("--measure-every", Integer.toString(training.balance().measureEvery())));
        if (augmentation.equals(AugmentationSettings.none())) {
            words.add("--no-augmentation");
        } else {
            add(words, augmentation, SettingsRecord.defaultValues(AugmentationSettings.class));
        }
        return words;
    }

    private static void teacher(List<String> words, String option, TeacherSettings teacher) {
        if (teacher != null) {
            words.addAll(List.of(option, teacher.file()));
        }
    }

    private static void add(List<String> words, Record settings, Map<String, Object> defaults) {
        Map<String, Object> values = SettingsRecord.values(settings);
        for (Component component : Component.leaves(settings.getClass())) {
            Setting setting = component.setting();
            Object value = values.get(component.path());
            if (setting.option().length == 0
                    || value == null
                    || value.equals(defaults.get(component.path()))
                    || words.contains(setting.option()[0])
                    || setting.option()[0].equals("--measure-every")) {
                continue;
            }
            String option = setting.option()[0];
            if (!setting.presence().isEmpty()) {
                words.add(option);
            } else if (value instanceof Boolean on) {
                words.add(on ? option : "--no-" + option.substring(2));
            } else {
                words.add(option);
                words.add(Text.of(value).replace(", ", ","));
            }
        }
    }
}
