/**
 * {@code tandem export}: a trained network as an ONNX file. Start at {@link tandem.tools.onnx.OnnxExport}. Not an API.
 */
package tandem.tools.onnx;
