/**
 * The trained network at work: {@link tandem.model.inference.InferenceProgram} runs the folded network on a batch,
 * decodes boxes on the device and masks at each image's own size; {@link tandem.model.inference.DataSetInference} runs
 * it over a data set; {@link tandem.model.Inspector} wraps it for one frame at a time.
 */
package tandem.model.inference;
