/**
 * COCO files exactly as written: the content of an instances file, outlines as polygons or run lengths, and the pixels
 * inside them. API: {@link tandem.model.coco.RunLengthMask}. All else is internal to data sets and metrics. Start at
 * {@link tandem.model.coco.CocoFile}.
 */
package tandem.model.coco;
