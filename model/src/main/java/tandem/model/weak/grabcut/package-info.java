/**
 * GrabCut: the mask of an object from its box (Rother, Kolmogorov, Blake: "GrabCut", SIGGRAPH 2004), on the CPU.
 * Internal to {@link tandem.model.weak}. Start at GrabCut: {@link tandem.model.weak.grabcut.GrabCut} alternates between
 * {@link tandem.model.weak.grabcut.GaussianMixture color models} of object and background and a
 * {@link tandem.model.weak.grabcut.GridCut minimum cut} of the pixel grid.
 */
package tandem.model.weak.grabcut;
