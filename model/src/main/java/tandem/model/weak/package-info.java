/**
 * Weak labels and pseudo-labels: masks generated from boxes, boxes generated from masks, and predictions of teachers,
 * with a weight that increases over the run. API: {@link tandem.model.weak.LabelEvent},
 * {@link tandem.model.weak.GrabCutMaskGenerator}, {@link tandem.model.weak.RegionBoxGenerator} and the accuracy of
 * both. All else is internal to training. Start at {@link tandem.model.weak.WeakLabels};
 * {@link tandem.model.settings.WeakSettings} selects the labels.
 */
package tandem.model.weak;
