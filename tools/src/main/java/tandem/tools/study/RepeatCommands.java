package tandem.tools.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageRunner;
import tandem.tools.train.CommandOptions;

/**
 * The commands that train the networks of a run again, with the same settings, images, seed and device. Networks that
 * they start from or learn from are those of the study.
 */
final class RepeatCommands {

    private static final String FOLDER = "repeat";

    private final Path folder;
    private final StageRunner runner;
    private final StudyData data;
    private final List<String> device;

    /** @param device the options that chose the device of the study */
    RepeatCommands(Path folder, StageRunner runner, StudyData data, List<String> device) {
        this.folder = folder;
        this.runner = runner;
        this.data = data;
        this.device = List.copyOf(device);
    }

    /** Writes the lists of images, and returns a command for each network. */
    List<String> of(StudyPlan.Run run) throws IOException {
        List<String> commands = new ArrayList<>();
        for (Stage stage : run.networks().distinct()) {
            commands.add(command(stage));
        }
        return commands;
    }

    private String command(Stage stage) throws IOException {
        String name = runner.folder(stage).getFileName().toString();
        List<String> words =
                new ArrayList<>(List.of("tandem", "train", "--data", data.root().toString()));
        if (stage.data().full()) {
            list(words, "--full", name, stage.data().boxes());
        } else {
            list(words, "--boxes", name, stage.data().boxes());
            list(words, "--masks", name, stage.data().masks());
        }
        words.addAll(List.of("--val", String.join(",", data.held())));
        words.addAll(List.of("--output", folder.resolve(FOLDER).resolve(name).toString()));
        words.addAll(List.of(
                "--pretrained",
                stage.source() == null
                        ? stage.initial().text()
                        : runner.weights(stage.source()).toString()));
        words.addAll(CommandOptions.of(stage.network(), runner.withFiles(stage), stage.augmentation()));
        words.addAll(device);
        return String.join(" ", words);
    }

    private void list(List<String> words, String option, String name, List<String> images) throws IOException {
        if (!images.isEmpty()) {
            Path file = Files.createDirectories(folder.resolve(FOLDER)).resolve(name + option.substring(1) + ".txt");
            Files.write(file, images);
            words.addAll(List.of(option, file.toString()));
        }
    }
}
