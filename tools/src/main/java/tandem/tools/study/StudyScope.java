package tandem.tools.study;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import tandem.model.distillation.Task;
import tandem.model.strategy.Strategy;
import tandem.tools.InputException;
import tandem.tools.report.SettingRows;

/** What a study compares: strategies, seeds and numbers of annotated images, and how long each network is trained. */
final class StudyScope {

    @Option(
            names = "--strategies",
            paramLabel = "NAME",
            split = ",",
            order = 8,
            description =
                    "Strategies to compare; single-task is always included. Default: all except multi-task-full. Names: ${COMPLETION-CANDIDATES}.",
            completionCandidates = StrategyNames.class)
    private List<String> strategies = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            split = ",",
            order = 9,
            defaultValue = "0,1,2",
            description =
                    "Each seed determines the selection of images, the initial weights, the order and the augmentation. Default: ${DEFAULT-VALUE}.")
    private List<Long> seeds;

    @Option(
            names = "--budgets",
            paramLabel = "N",
            split = ",",
            order = 10,
            defaultValue = "all",
            description = {
                "Numbers (120) or shares (25%%, 0.25) of the images annotated for the scarce task, or 'all'; all images of the other task are used. "
                        + "To set both: BOXES+MASKS. A smaller set is a subset of a larger one. Default: ${DEFAULT-VALUE}."
            })
    private List<String> budgets;

    @Option(
            names = "--scarce",
            paramLabel = "TASK",
            order = 11,
            description =
                    "The task to improve: detection or segmentation. Default: the one with fewer annotated images.")
    private Task scarce;

    @Option(
            names = "--visits",
            paramLabel = "N",
            order = 12,
            defaultValue = "4000",
            description =
                    "Image visits of each network in training (samples seen, with repetition), rounded to whole epochs; the same for "
                            + "every strategy. Default: ${DEFAULT-VALUE}.")
    private long visits;

    @Option(
            names = "--visits-per-task",
            order = 13,
            description =
                    "Apply --visits to each task: a network for both tasks then gets as many image visits as the two networks that it replaces.")
    private boolean perTask;

    /** For the help text. */
    static final class StrategyNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        StrategyNames() {
            super(Strategy.labels());
        }
    }

    /** The strategies, single-task first. */
    List<Strategy> strategies() {
        LinkedHashSet<Strategy> chosen = new LinkedHashSet<>(List.of(Strategy.SINGLE_TASK));
        for (String name : strategies) {
            chosen.add(strategy("--strategies", name));
        }
        if (strategies.isEmpty()) {
            chosen.addAll(List.of(Strategy.values()));
            chosen.remove(Strategy.MULTI_TASK_FULL);
        }
        return List.copyOf(chosen);
    }

    /** The strategy of a name that an option gives. */
    static Strategy strategy(String option, String name) {
        return Strategy.of(name)
                .orElseThrow(() -> new InputException(option + " " + name + ": unknown strategy; the strategies are "
                        + String.join(", ", Strategy.labels())));
    }

    List<Long> seeds() {
        return seeds.stream().distinct().toList();
    }

    /** The task to improve, where so many images are annotated with boxes and with a mask. */
    Task scarce(int boxed, int masked) {
        return scarce != null ? scarce : boxed <= masked ? Task.DETECTION : Task.SEGMENTATION;
    }

    List<Budget> budgets(Task helped, int boxed, int masked) {
        return budgets.stream()
                .map(text -> Budget.parse(text, helped, boxed, masked))
                .distinct()
                .toList();
    }

    long visits() {
        return visits;
    }

    boolean visitsPerTask() {
        return perTask;
    }

    /** Adds these options to the settings of the report. */
    void rows(SettingRows rows, Set<String> given) {
        row(
                rows,
                given,
                "--strategies",
                "strategies",
                String.join(", ", strategies().stream().map(Strategy::label).toList()));
        row(rows, given, "--seeds", "seeds", seeds.toString().replaceAll("[\\[\\]]", ""));
        row(rows, given, "--budgets", "budgets", String.join(", ", budgets));
        row(
                rows,
                given,
                "--visits",
                "image visits",
                visits + (perTask ? " for each task of a network" : " for each network") + ", rounded to whole epochs");
    }

    private static void row(SettingRows rows, Set<String> given, String option, String name, String value) {
        rows.add(name, value, given.contains(option) ? "given" : "default");
    }
}
