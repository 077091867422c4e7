/**
 * Explanation of predictions: Grad-CAM for each task and class, and the strength of the response of feature maps. API.
 * Start at {@link tandem.model.explain.Explainer}.
 */
package tandem.model.explain;
