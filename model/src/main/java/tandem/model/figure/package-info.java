/**
 * Figures for reports: overlays of boxes and masks on images, panels of input, ground truth and prediction, heat maps,
 * and line charts as SVG or pixels. All drawing is headless. API. Start at {@link tandem.model.figure.Overlay} and
 * {@link tandem.model.figure.Chart}; {@link tandem.model.figure.MaskPng} writes masks that other programs read.
 */
package tandem.model.figure;
