/**
 * The figures of an inspection line beside ONNX Runtime with the exported file: time of a frame, start, resident
 * memory, frames with pauses between them, heap, and growth over long runs. Start at
 * {@link tandem.bench.inspection.InspectionBenchmark}, which {@code bench/inspection} calls.
 */
package tandem.bench.inspection;
