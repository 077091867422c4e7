/**
 * Where a network looks: Grad-CAM for each task and class, and how strongly its maps respond. Start with
 * {@link tandem.model.explain.Explainer}.
 */
package tandem.model.explain;
