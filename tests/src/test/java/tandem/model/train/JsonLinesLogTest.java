package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.distillation.Task;
import tandem.model.image.PixelSize;
import tandem.model.validation.LearningFinding;
import tandem.model.weak.LabelCount;
import tandem.model.weak.LabelProgress;

/** The lines of the log: programs outside this project read them, so names and order of fields stay. */
class JsonLinesLogTest {

    @TempDir
    Path folder;

    @Test
    void eachEventIsOneLineWithItsNameAndComponents() throws IOException {
        Path file = folder.resolve("log.jsonl");
        try (JsonLinesLog log = new JsonLinesLog(file)) {
            log.on(new TrainingEvent.Labels(new LabelProgress("masks from boxes", 1, 2)));
            log.on(new TrainingEvent.Labels(new LabelCount("masks from boxes", 3, 2, 1, "detail")));
            log.on(new TrainingEvent.Start("cpu", 5, 3, 2, 100, 4096, 0, 3));
            log.on(new TrainingEvent.Step(
                    1, 3, 0, 2, PixelSize.square(64), new StepLosses(5, 1, 2, 0.5f, 0), 0.25f, 0.001, 8, 2));
            log.on(new TrainingEvent.Skipped(1, 1024, 2));
            log.on(new TrainingEvent.Tasks(1, 2, 3, -0.5, 1, 1, 3));
            log.on(new TrainingEvent.Similarity(
                    new LevelSimilarity(2, Task.DETECTION, List.of(0, 2), List.of(0.5, 0.25), List.of(true, false))));
            log.on(new TrainingEvent.Epoch(0, 2, new StepLosses(4, 1, 1, 1), 2.5));
            log.on(new TrainingEvent.Validation(2, 0, 2, 4, 0.25, Double.NaN, 0.25, true, 0, 1.5));
            log.on(new TrainingEvent.Findings(
                    2, 0, 2, List.of(new LearningFinding(LearningFinding.Kind.BACKGROUND_ONLY, "found", "try"))));
            log.on(new TrainingEvent.End(3, true, 7, "finished"));
        }
        String losses = "{\"total\":5.0,\"location\":1.0,\"confidence\":2.0,\"segmentation\":0.5,\"distillation\":0.0}";
        String mean = "{\"total\":4.0,\"location\":1.0,\"confidence\":1.0,\"segmentation\":1.0,\"distillation\":0.0}";
        assertEquals(
                List.of(
                        "{\"event\":\"labels\",\"kind\":\"masks from boxes\",\"images\":3,\"labelled\":2,\"nothing\":1,"
                                + "\"detail\":\"detail\"}",
                        "{\"event\":\"start\",\"device\":\"cpu\",\"images\":5,\"boxed\":3,\"masked\":2,"
                                + "\"parameters\":100,\"plannedBytes\":4096,\"firstStep\":0,\"steps\":3}",
                        "{\"event\":\"step\",\"step\":1,\"steps\":3,\"epoch\":0,\"epochs\":2,\"side\":64,\"losses\":"
                                + losses + ",\"gradientNorm\":0.25,\"learningRate\":0.001,\"imagesPerSecond\":8.0,"
                                + "\"secondsLeft\":2.0}",
                        "{\"event\":\"skipped\",\"step\":1,\"lossScale\":1024.0,\"skipped\":2}",
                        "{\"event\":\"tasks\",\"step\":1,\"detectionNorm\":2.0,\"segmentationNorm\":3.0,\"cosine\":-0.5,"
                                + "\"locationWeight\":1.0,\"confidenceWeight\":1.0,\"segmentationWeight\":3.0}",
                        "{\"event\":\"similarity\",\"step\":2,\"task\":\"DETECTION\",\"levels\":[0,2],"
                                + "\"similarity\":[0.5,0.25],\"imitated\":[true,false]}",
                        "{\"event\":\"epoch\",\"epoch\":0,\"epochs\":2,\"mean\":" + mean + ",\"seconds\":2.5}",
                        "{\"event\":\"validation\",\"step\":2,\"epoch\":0,\"epochs\":2,\"images\":4,\"ap50\":0.25,"
                                + "\"miou\":null,\"score\":0.25,\"best\":true,\"sinceBest\":0,\"seconds\":1.5}",
                        "{\"event\":\"findings\",\"step\":2,\"epoch\":0,\"epochs\":2,\"findings\":[{\"kind\":"
                                + "\"BACKGROUND_ONLY\",\"problem\":\"found\",\"remedy\":\"try\"}]}",
                        "{\"event\":\"end\",\"steps\":3,\"finished\":true,\"seconds\":7.0,\"message\":\"finished\"}"),
                Files.readAllLines(file));
    }
}
