/**
 * What a graph can compute: one file for each family of operations, each with its gradient. Start at
 * {@link tandem.engine.operation.Elementwise}; the kernels they launch are in {@link tandem.kernels.Catalogue}.
 */
package tandem.engine.operation;
