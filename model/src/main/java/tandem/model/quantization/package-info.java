/**
 * The choice of the layers of a trained network that multiply bytes in inference. API. Start at
 * {@link tandem.model.quantization.LayerSearch}.
 */
package tandem.model.quantization;
