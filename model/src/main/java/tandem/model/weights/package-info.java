/**
 * Weights on disk: the safetensors format ({@link tandem.model.weights.SafetensorsReader},
 * {@link tandem.model.weights.SafetensorsWriter}), PyTorch's format for reading
 * ({@link tandem.model.weights.PytorchReader}), and the import of encoders of torchvision and timm
 * ({@link tandem.model.weights.TorchvisionImport}). API. Start at {@link tandem.model.weights.SafetensorsReader}. Every
 * error in a file is a {@link tandem.model.weights.WeightsException} that names the file, the tensor and both shapes.
 */
package tandem.model.weights;
