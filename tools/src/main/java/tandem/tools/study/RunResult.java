package tandem.tools.study;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.metrics.WeightedEvaluation;
import tandem.model.strategy.Networks;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;

/**
 * A finished run, one line of {@code results.jsonl}. A metric without annotated examples is null.
 *
 * @param strategy name of the strategy
 * @param seed seed of the selection of images, the initial weights, the order and the augmentation
 * @param boxes number of images with boxes
 * @param masks number of images with a mask
 * @param ap50 COCO average precision at IoU 0.50, mean over the classes
 * @param ap COCO average precision, mean over IoU 0.50 to 0.95
 * @param miou mean intersection over union, background included
 * @param seconds training time of its networks and of those that they depend on
 * @param networks number of networks for the two tasks
 * @param parameters number of trained parameters of these networks
 * @param visits image visits of these networks in training (samples seen, with repetition)
 * @param classAp50 AP50 of each box class
 * @param classIou intersection over union of each mask class
 * @param stages folders of the networks, detection first
 * @param key identifies the run: the same settings and images give the same key
 */
@JsonPropertyOrder({
    "strategy",
    "seed",
    "boxes",
    "masks",
    "ap50",
    "ap",
    "miou",
    "seconds",
    "networks",
    "parameters",
    "visits",
    "classAp50",
    "classIou",
    "stages",
    "key"
})
record RunResult(
        String strategy,
        long seed,
        int boxes,
        int masks,
        Double ap50,
        Double ap,
        Double miou,
        double seconds,
        int networks,
        long parameters,
        long visits,
        Map<String, Double> classAp50,
        Map<String, Double> classIou,
        List<String> stages,
        String key) {

    /** The result of a run whose stages are finished. */
    static RunResult of(
            StudyPlan.Run run,
            Map<Stage, StageOutcome> outcomes,
            List<String> boxClasses,
            List<String> maskClasses,
            List<String> folders) {
        Networks networks = run.networks();
        WeightedEvaluation detection =
                new WeightedEvaluation(outcomes.get(networks.detection()).images());
        WeightedEvaluation segmentation =
                new WeightedEvaluation(outcomes.get(networks.segmentation()).images());
        Map<String, Double> classAp50 = new LinkedHashMap<>();
        for (int label = 0; label < detection.boxClasses(); label++) {
            classAp50.put(boxClasses.get(label), present(detection.ap50(label, detection.once())));
        }
        Map<String, Double> classIou = new LinkedHashMap<>();
        for (int label = 0; segmentation.hasMasks() && label <= maskClasses.size(); label++) {
            classIou.put(
                    label == 0 ? "background" : maskClasses.get(label - 1),
                    present(segmentation.iou(label, segmentation.once())));
        }
        double seconds = run.stages().stream()
                .mapToDouble(stage -> outcomes.get(stage).seconds())
                .sum();
        return new RunResult(
                run.strategy().label(),
                run.seed(),
                run.budget().boxes(),
                run.budget().masks(),
                present(detection.ap50(detection.once())),
                present(detection.ap(detection.once())),
                present(segmentation.miou(segmentation.once())),
                Math.round(seconds * 1000) / 1000.0,
                networks.distinct().size(),
                networks.distinct().stream()
                        .mapToLong(stage -> outcomes.get(stage).parameters())
                        .sum(),
                networks.distinct().stream()
                        .mapToLong(stage -> outcomes.get(stage).visits())
                        .sum(),
                classAp50,
                classIou,
                folders,
                run.key());
    }

    private static Double present(double figure) {
        return Double.isNaN(figure) ? null : figure;
    }

    Budget budget() {
        return new Budget(boxes, masks);
    }
}
