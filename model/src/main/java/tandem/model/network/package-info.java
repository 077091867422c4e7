/**
 * The network: a ResNet encoder, a neck that turns its maps into a pyramid, and two heads, one for boxes and one for
 * masks. {@link tandem.model.network.NetworkSettings} says which one; {@code Network} appends it to a graph in its
 * training form or, with batch normalisation folded into the convolutions, in its inference form. Start at
 * {@link tandem.model.network.Network}.
 */
package tandem.model.network;
