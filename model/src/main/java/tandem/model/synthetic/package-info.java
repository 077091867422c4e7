/**
 * A generator of inspection images with defects whose boxes and masks are exact, for tests and demos without data. API.
 * Start at {@link tandem.model.synthetic.SyntheticInspection}; an image is a {@link tandem.model.synthetic.Canvas} on
 * which a surface, a print and {@link tandem.model.synthetic.Defect}s are painted before the light is applied. The same
 * settings give the same files.
 */
package tandem.model.synthetic;
