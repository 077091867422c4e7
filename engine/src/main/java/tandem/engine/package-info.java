/**
 * The tensor engine. Model code describes a {@link tandem.engine.Graph} of {@link tandem.engine.Tensor}s,
 * differentiates it, and a {@link tandem.engine.Plan} gives every tensor a place in memory; the
 * {@link tandem.engine.Program} made from it is replayed on a {@link tandem.engine.Device} and allocates nothing.
 * {@code tandem.engine.cpu} is the device without a GPU. Start at {@link tandem.engine.Graph}, then
 * {@link tandem.engine.KernelOperation} and {@link tandem.engine.LibraryOperation}.
 */
package tandem.engine;
