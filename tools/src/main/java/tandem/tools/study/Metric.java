package tandem.tools.study;

import tandem.model.distillation.Task;
import tandem.model.metrics.WeightedEvaluation;

/** A metric by which strategies are compared. */
enum Metric {
    /** COCO average precision of boxes at IoU 0.50. */
    AP50("AP50", Task.DETECTION) {
        @Override
        double of(WeightedEvaluation evaluation, int[] weights) {
            return evaluation.ap50(weights);
        }
    },
    /** Mean intersection over union of masks, background included. */
    MIOU("mIoU", Task.SEGMENTATION) {
        @Override
        double of(WeightedEvaluation evaluation, int[] weights) {
            return evaluation.miou(weights);
        }
    };

    private final String label;
    private final Task task;

    Metric(String label, Task task) {
        this.label = label;
        this.task = task;
    }

    /** The metric over weighted images. */
    abstract double of(WeightedEvaluation evaluation, int[] weights);

    /** Name in tables. */
    String label() {
        return label;
    }

    /** The task it measures. */
    Task task() {
        return task;
    }

    /** The metric of a task. */
    static Metric of(Task task) {
        return task == Task.DETECTION ? AP50 : MIOU;
    }

    /** The value of a finished run, NaN for none. */
    double of(RunResult result) {
        Double value = this == AP50 ? result.ap50() : result.miou();
        return value == null ? Double.NaN : value;
    }
}
