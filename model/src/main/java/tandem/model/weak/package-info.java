/**
 * Labels nobody drew: masks made from boxes, boxes made from masks, and what teachers predict.
 * {@link tandem.model.settings.WeakSettings} says which; {@link tandem.model.weak.WeakLabels} makes or reads them and
 * hands them to the batches, each with a weight that rises over the run.
 */
package tandem.model.weak;
