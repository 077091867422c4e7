/**
 * Metrics: average precision by the rules of VOC and COCO, recall, intersection over union of masks. They are computed
 * on the host, image by image, so the data set need not be in memory. API. Start at
 * {@link tandem.model.metrics.Evaluator}, which receives images and returns an {@link tandem.model.metrics.Evaluation};
 * {@link tandem.model.metrics.CocoDataset} and {@link tandem.model.metrics.CocoResult} read and write COCO's files.
 */
package tandem.model.metrics;
