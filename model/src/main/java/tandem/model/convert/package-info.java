/**
 * Conversion of data sets between Pascal VOC and COCO layout. API. Start at
 * {@link tandem.model.convert.LayoutConversion}.
 */
package tandem.model.convert;
