package tandem.model.strategy;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tandem.model.distillation.Task;

/**
 * The result of a strategy: a network for each task, which may be the same.
 *
 * @param detection finds boxes; null when the data has none
 * @param segmentation finds masks; null when the data has none
 */
public record Networks(Stage detection, Stage segmentation) {

    /** One network for both tasks. */
    public static Networks shared(Stage stage) {
        return new Networks(stage, stage);
    }

    /** The network for a task. */
    public Stage of(Task task) {
        return task == Task.DETECTION ? detection : segmentation;
    }

    /** The networks, each once. */
    public List<Stage> distinct() {
        return Stream.of(detection, segmentation)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /**
     * A key of networks and their use: 16 hexadecimal digits.
     *
     * @param use their use
     */
    public static String key(String use, List<Stage> networks, AnnotationPool pool) {
        StringBuilder text = new StringBuilder(use);
        networks.forEach(stage -> text.append(' ').append(stage.key(pool)));
        return AnnotationPool.sha256(text.toString()).substring(0, 16);
    }
}
