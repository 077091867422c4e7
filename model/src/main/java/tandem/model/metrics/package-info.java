/**
 * How good predictions are: average precision by the rules of VOC and COCO, recall, intersection over union of masks.
 * Everything runs on the host, image by image, so a data set never has to be in memory. Start at
 * {@link tandem.model.metrics.Evaluator}, which takes images and gives an {@link tandem.model.metrics.Evaluation};
 * {@link tandem.model.metrics.CocoDataset} and {@link tandem.model.metrics.CocoResult} read and write COCO's files.
 */
package tandem.model.metrics;
