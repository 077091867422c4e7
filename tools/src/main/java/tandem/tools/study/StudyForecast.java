package tandem.tools.study;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tandem.engine.Device;
import tandem.model.data.ImageCache;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.WeakSettings;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.strategy.StageRunner;
import tandem.model.train.InitialEncoder;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.tools.FolderTree;
import tandem.tools.console.TrainingLine;

/**
 * The plan of a study with time estimates: a few steps of each kind of network are run and timed. A finished stage
 * takes no time.
 *
 * @param plan runs and stages
 * @param seconds estimated time of each unfinished stage, its evaluation included
 * @param done finished stages
 * @param visits image visits of each stage
 */
record StudyForecast(StudyPlan plan, Map<Stage, Double> seconds, List<Stage> done, Map<Stage, Long> visits) {

    private static final int STEPS = 8;
    private static final int FIRST = 3;
    /** Time of a forward pass, by a teacher or in an evaluation, as a share of a training step. */
    private static final double FORWARD = 0.35;
    /** Time of the losses between the feature maps of a student and one teacher, as a share of a training step. */
    private static final double MAPS = 0.05;

    /** Properties of a network that determine the time of a step. */
    private record Kind(boolean detects, boolean segments) {
        static Kind of(Stage stage) {
            return new Kind(stage.network().detects(), stage.network().segments());
        }
    }

    /** @param heldOut number of held-out images, on which each stage is evaluated */
    static StudyForecast of(
            StudyPlan plan,
            AnnotationPool pool,
            int heldOut,
            StageRunner runner,
            Device device,
            StageRunner.Options options)
            throws IOException {
        Map<Kind, Double> secondsPerVisit = new HashMap<>();
        Map<Stage, Double> seconds = new LinkedHashMap<>();
        Map<Stage, Long> visits = new LinkedHashMap<>();
        List<Stage> done = new java.util.ArrayList<>();
        for (Stage stage : plan.stages()) {
            visits.put(stage, StudyPlan.visits(stage, pool));
            Optional<StageOutcome> outcome = runner.outcome(stage);
            if (outcome.isPresent()) {
                done.add(stage);
                secondsPerVisit.putIfAbsent(
                        Kind.of(stage), outcome.get().seconds() / outcome.get().visits() / factor(stage));
            }
        }
        for (Stage stage : plan.stages()) {
            if (!done.contains(stage)) {
                Double perVisit = secondsPerVisit.get(Kind.of(stage));
                if (perVisit == null) {
                    perVisit = time(stage, pool, device, options);
                    secondsPerVisit.put(Kind.of(stage), perVisit);
                }
                seconds.put(stage, visits.get(stage) * perVisit * factor(stage) + heldOut * perVisit * FORWARD);
            }
        }
        return new StudyForecast(plan, seconds, done, visits);
    }

    /** Time of a step with the teachers of a stage, relative to one without. */
    private static double factor(Stage stage) {
        boolean maps = stage.training().distillation().features() != FeatureLossType.NONE;
        return 1 + (FORWARD + (maps ? MAPS : 0)) * stage.teachers().size();
    }

    /** Seconds per image for a network like that of {@code stage}, with random weights. */
    private static double time(Stage stage, AnnotationPool pool, Device device, StageRunner.Options options)
            throws IOException {
        Path folder = Files.createTempDirectory("tandem-study");
        double[] began = new double[1];
        double[] ended = new double[1];
        int[] steps = new int[1];
        try {
            Stage plain = new Stage(
                    stage.name(),
                    stage.network(),
                    stage.training().withWeak(WeakSettings.none()).withDistillation(DistillationSettings.none()),
                    stage.augmentation(),
                    stage.data(),
                    InitialEncoder.RANDOM);
            try (Trainer trainer = Trainer.start(
                    device,
                    plain.network(),
                    plain.training(),
                    new ImageCache(pool.select(plain.data()), plain.network().conversion(), options.cacheBytes()),
                    plain.augmentation(),
                    new Trainer.Options(folder, options.threads(), 3600))) {
                trainer.run(
                        event -> {
                            if (event instanceof TrainingEvent.Step) {
                                steps[0]++;
                                (steps[0] <= FIRST ? began : ended)[0] = System.nanoTime();
                            }
                        },
                        () -> steps[0] == STEPS);
            }
        } finally {
            FolderTree.delete(folder);
        }
        return steps[0] <= FIRST
                ? Double.NaN
                : (ended[0] - began[0])
                        / 1e9
                        / (steps[0] - FIRST)
                        / stage.training().batches().size();
    }

    void print(PrintWriter out) {
        Map<Stage, Integer> uses = plan.uses();
        out.println();
        out.printf(
                "%d runs need %d stages; %d are finished, %d are shared by several runs:%n",
                plan.runs().size(),
                plan.stages().size(),
                done.size(),
                uses.values().stream().filter(count -> count > 1).count());
        for (Stage stage : plan.stages()) {
            out.printf(
                    Locale.ROOT,
                    "  %-64s %6d images  %3d runs  %s%n",
                    stage.name(),
                    visits.get(stage),
                    uses.get(stage),
                    done.contains(stage) ? "finished" : "about " + TrainingLine.duration(seconds.get(stage)));
        }
        out.println("runs:");
        for (StudyPlan.Run run : plan.runs()) {
            out.printf(
                    "  %-32s seed %-4d %4d boxes %4d masks: %s%n",
                    run.strategy(),
                    run.seed(),
                    run.budget().boxes(),
                    run.budget().masks(),
                    String.join("; ", run.stages().stream().map(Stage::name).toList()));
        }
        totals(out);
        out.flush();
    }

    /**
     * The time by strategy and by budget, then that of the whole study; a stage is counted where it is first needed.
     */
    private void totals(PrintWriter out) {
        Map<Stage, StudyPlan.Run> first = new LinkedHashMap<>();
        plan.runs().forEach(run -> run.stages().forEach(stage -> first.putIfAbsent(stage, run)));
        Map<String, Double> times = new LinkedHashMap<>();
        first.forEach((stage, run) -> {
            double time = seconds.getOrDefault(stage, 0.0);
            times.merge("strategy " + run.strategy(), time, Double::sum);
        });
        first.forEach((stage, run) -> times.merge(
                "budget of %d images with boxes and %d with masks"
                        .formatted(run.budget().boxes(), run.budget().masks()),
                seconds.getOrDefault(stage, 0.0),
                Double::sum));
        out.println("time left (what several runs share is counted once, where it is first needed):");
        times.forEach((name, time) -> out.printf("  %-64s about %s%n", name, TrainingLine.duration(time)));
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        out.printf(
                "training and evaluation take about %s on this machine, without the making of pseudo-labels and weak labels and the report%n",
                TrainingLine.duration(all));
    }
}
