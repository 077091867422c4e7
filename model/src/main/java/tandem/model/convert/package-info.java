/**
 * Writes data sets in Pascal VOC and COCO layout, so that each can be turned into the other. Start at
 * {@link tandem.model.convert.LayoutConversion}.
 */
package tandem.model.convert;
