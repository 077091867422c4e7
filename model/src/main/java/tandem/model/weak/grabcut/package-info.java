/**
 * The outline of an object from a box around it (Rother, Kolmogorov, Blake: "GrabCut", SIGGRAPH 2004), on the
 * processor. {@link tandem.model.weak.grabcut.GrabCut} alternates between
 * {@link tandem.model.weak.grabcut.GaussianMixture colour models} of object and background and a
 * {@link tandem.model.weak.grabcut.GridCut smallest cut} of the grid of pixels.
 */
package tandem.model.weak.grabcut;
