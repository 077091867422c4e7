/**
 * What turns the detection head's outputs into a loss and into boxes, all of it on the device:
 * {@link tandem.model.detection.Anchors}, {@link tandem.model.detection.Matching} of anchors with ground truth, losses,
 * and {@link tandem.model.detection.NonMaximumSuppression}. The head gives {@code loc} (N, A, 4), offsets from A
 * anchors, and {@code conf} (N, A, C), one logit a class. Boxes are (x0, y0, x1, y1) as fractions of the image's sides.
 * Start at {@link tandem.model.detection.Matching}.
 */
package tandem.model.detection;
