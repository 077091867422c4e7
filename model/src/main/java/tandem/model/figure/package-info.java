/**
 * Pictures for people: boxes and masks drawn over images, panels of input, truth and prediction, heat maps, and line
 * charts as SVG or pixels. All drawing is headless. Start at {@link tandem.model.figure.Overlay} and
 * {@link tandem.model.figure.Chart}; {@link tandem.model.figure.MaskPng} writes masks that other programs read.
 */
package tandem.model.figure;
