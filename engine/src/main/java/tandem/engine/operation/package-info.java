/**
 * API: what a graph can compute, one class for each family of operations, each with its gradient, and
 * {@link tandem.engine.operation.BackwardPass}, which differentiates a graph. Start at
 * {@link tandem.engine.operation.Elementwise}; the kernels they launch are listed in {@link tandem.kernels.Catalogue}.
 */
package tandem.engine.operation;
