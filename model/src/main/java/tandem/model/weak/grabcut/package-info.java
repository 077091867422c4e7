/**
 * GrabCut: the mask of an object from its box (Rother, Kolmogorov, Blake: "GrabCut", SIGGRAPH 2004), on the CPU.
 * Internal to {@link tandem.model.weak}. Start at {@link tandem.model.weak.grabcut.GrabCut}, which alternates between
 * color models of object and background ({@code GaussianMixture}) and a minimum cut of the pixel grid
 * ({@code GridCut}).
 */
package tandem.model.weak.grabcut;
