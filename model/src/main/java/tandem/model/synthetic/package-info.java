/**
 * A generator of inspection images with defects whose boxes and masks are known to the pixel, so that the whole way
 * from data to report can be tried without any data. Start at {@link tandem.model.synthetic.SyntheticInspection}; a
 * picture is a {@link tandem.model.synthetic.Canvas} on which a surface, a print and
 * {@link tandem.model.synthetic.Defect}s are painted before light falls on it. The same settings give the same files.
 */
package tandem.model.synthetic;
