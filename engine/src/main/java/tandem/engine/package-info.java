/**
 * API: the tensor engine, for embedders and for researchers who add operations. Model code describes a
 * {@link tandem.engine.Graph} of {@link tandem.engine.Tensor}s, appends its backward pass
 * ({@link tandem.engine.operation.BackwardPass}), and a {@link tandem.engine.Plan} gives every tensor a place in
 * memory; the {@link tandem.engine.Program} made from it is replayed on a {@link tandem.engine.Device} and allocates
 * nothing. Start at {@link tandem.engine.Graph}; {@link tandem.engine.KernelOperation} adds your own kernel to a graph,
 * {@link tandem.engine.LibraryOperation} a call of the device's library.
 */
package tandem.engine;
