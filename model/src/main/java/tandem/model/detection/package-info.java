/**
 * Detection losses and decoding on the device: {@link tandem.model.detection.Anchors},
 * {@link tandem.model.detection.Matching} of anchors with ground truth, losses, and
 * {@link tandem.model.detection.NonMaximumSuppression}. The head outputs {@code loc} (N, A, 4), offsets from A anchors,
 * and {@code conf} (N, A, C), one logit per class. Boxes are (x0, y0, x1, y1) as fractions of the image's width and
 * height. API: {@link tandem.model.detection.NonMaximumSuppression.Settings}. All else is internal. Start at
 * {@link tandem.model.detection.Matching}.
 */
package tandem.model.detection;
