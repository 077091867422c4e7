package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.model.synthetic.SyntheticInspection;
import tandem.tools.CommandRun;

/** Commands on a very small synthetic set with a very small network. */
final class TinyRun {

    private TinyRun() {}

    static Path data(Path folder) {
        SyntheticInspection.of(64, 8, 4, 5).write(folder);
        return folder;
    }

    static CommandRun train(Path data, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--data",
                data.toString(),
                "--boxes",
                "Partial/train-boxes",
                "--masks",
                "Partial/train-masks",
                "--val",
                "Main/val",
                "--output",
                output.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    /** An epoch is two steps; convolutions are direct. */
    static CommandRun trainTwoSteps(Path data, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--size",
                "64",
                "--encoder-channels",
                "8",
                "--neck-channels",
                "8",
                "--segmentation-channels",
                "8",
                "--batch",
                "4",
                "--seed",
                "3",
                "--convolutions",
                "direct"));
        if (!List.of(more).contains("--epochs")) {
            arguments.addAll(List.of("--epochs", "1"));
        }
        arguments.addAll(List.of(more));
        CommandRun run = train(data, output, arguments.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        return run;
    }

    static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }
}
