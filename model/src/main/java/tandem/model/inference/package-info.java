/**
 * Inference. API: {@link tandem.model.inference.Inspection}, {@link tandem.model.inference.FoldedModel} and
 * {@link tandem.model.inference.DataSetInference}. Start at {@link tandem.model.Inspector}, which runs single frames.
 * {@link tandem.model.inference.InferenceProgram} runs the folded network on a batch and decodes boxes on the device
 * and masks at each image's original size; {@link tandem.model.inference.DataSetInference} runs it over a data set.
 */
package tandem.model.inference;
